import type { ScalarType } from "../scalar.ts";
import { inInt64 } from "../scalar.ts";
import { type AggregateDef, takesOne } from "./aggregate-def.ts";
import { addExact, type ExactSum, exactSum, mergeExact, roundExact } from "./exact-sum.ts";

/** A finished sum or mean: a finite sum that overflowed is null, NaN and infinities of the input stay. */
function finishFloat(sum: ExactSum, divisor: number): number | null {
  const total = roundExact(sum);
  if (sum.special === undefined && Number.isNaN(total)) return null;
  return total / divisor + 0;
}

export interface SumState {
  readonly total: ExactSum;
  readonly rows: number;
}

/**
 * The sum of the non-null values; null of none. Float64: exact, rounded once, NaN if a value is NaN. Int64: exact
 * whatever happens on the way; null where the sum is no safe integer.
 */
export const sum: AggregateDef<SumState> = {
  ...takesOne(["float64", "int64"]),
  init: () => ({ total: exactSum(), rows: 0 }),
  add: (state, { value }) => ({ total: addExact(state.total, value as number), rows: state.rows + 1 }),
  merge: (left, right) => ({ total: mergeExact(left.total, right.total), rows: left.rows + right.rows }),
  finish: ({ total, rows }, type: ScalarType) => {
    if (rows === 0) return null;
    return type === "int64" ? inInt64(roundExact(total)) : finishFloat(total, 1);
  },
};

/** The arithmetic mean of the non-null values: the exact sum by their number; null of none. */
export const mean: AggregateDef<SumState> = {
  ...sum,
  ...takesOne(["float64"]),
  finish: ({ total, rows }) => (rows === 0 ? null : finishFloat(total, rows)),
};
