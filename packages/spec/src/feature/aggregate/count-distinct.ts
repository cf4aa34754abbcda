import { type Scalar, SCALAR_TYPES } from "../scalar.ts";
import { type AggregateDef, takesOne } from "./aggregate-def.ts";

/** How many different values, nulls ignored: int64, 0 of none. NaN is one value. Its state grows with the values. */
export const countDistinct: AggregateDef<Set<Scalar>> = {
  ...takesOne(SCALAR_TYPES, "int64"),
  init: () => new Set(),
  add: (state, { value }) => state.add(value),
  merge: (left, right) => {
    for (const value of right) left.add(value);
    return left;
  },
  finish: (state) => state.size,
};
