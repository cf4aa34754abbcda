import { compareScalars } from "../order.ts";
import type { Scalar } from "../scalar.ts";
import { type AggregateDef, takesOne } from "./aggregate-def.ts";

/** The extreme of the non-null values in the total order; null of none. */
function extreme(sign: 1 | -1): AggregateDef<Scalar> {
  const better = (state: Scalar, value: Scalar): Scalar => {
    if (state === null || value === null) return state ?? value;
    return sign * compareScalars(value, state) > 0 ? value : state;
  };
  return {
    ...takesOne(["float64", "int64", "string", "time"]),
    init: () => null,
    add: (state, { value }) => better(state, value),
    merge: better,
    finish: (state) => state,
  };
}

/** The least non-null value; NaN only if all are NaN. */
export const min = extreme(-1);

/** The greatest non-null value; NaN if one is NaN. */
export const max = extreme(1);
