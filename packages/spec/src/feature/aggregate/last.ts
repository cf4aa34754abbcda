import { compareScalars } from "../order.ts";
import { SCALAR_TYPES } from "../scalar.ts";
import { type AggregateDef, type AggregateInput, takesOne } from "./aggregate-def.ts";

/** Positive where the left row is the later one: by time, then by known time, then by value, so that ties have one answer. */
export function orderOfRows(left: AggregateInput, right: AggregateInput): number {
  return (
    left.time - right.time || left.knownTime - right.knownTime || compareScalars(left.value, right.value)
  );
}

/** The later of two rows. */
function later(left: AggregateInput | null, right: AggregateInput | null): AggregateInput | null {
  if (left === null || right === null) return left ?? right;
  return orderOfRows(right, left) > 0 ? right : left;
}

/** The earlier of two rows, by the same order. */
function earlier(left: AggregateInput | null, right: AggregateInput | null): AggregateInput | null {
  if (left === null || right === null) return left ?? right;
  return later(left, right) === right ? left : right;
}

/** The earliest non-null value; null of none. Ties go the other way round than those of `last`. */
export const first: AggregateDef<AggregateInput | null> = {
  ...takesOne(SCALAR_TYPES),
  init: () => null,
  add: earlier,
  merge: earlier,
  finish: (state) => state?.value ?? null,
};

/** The latest non-null value; null of none. */
export const last: AggregateDef<AggregateInput | null> = {
  ...takesOne(SCALAR_TYPES),
  init: () => null,
  add: later,
  merge: later,
  finish: (state) => state?.value ?? null,
};
