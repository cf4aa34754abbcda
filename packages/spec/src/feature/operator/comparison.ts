import { compareScalars } from "../order.ts";
import { type Scalar, SCALAR_TYPES } from "../scalar.ts";
import { alike, type OperatorDef, strict } from "./operator-def.ts";

type Pair = readonly [NonNullable<Scalar>, NonNullable<Scalar>];

const EQUAL = alike(2, 2, SCALAR_TYPES, "boolean");
const ORDERED = ["float64", "int64", "string", "time"] as const;
const LESS = alike(2, 2, ORDERED, "boolean");

/** The extreme of the non-null arguments in the total order; null where all are. */
function extreme(sign: 1 | -1): OperatorDef["apply"] {
  return (args) => {
    let best: Scalar = null;
    for (const value of args) {
      if (value !== null && (best === null || sign * compareScalars(value, best) > 0)) best = value;
    }
    return best;
  };
}

/**
 * Comparisons, in the total order of `compareScalars` (NaN equals NaN and is the greatest), null with a null
 * argument. `least` and `greatest` ignore nulls.
 */
export const comparisonOperators = {
  eq: { ...EQUAL, apply: strict<Pair>(([left, right]) => compareScalars(left, right) === 0) },
  ne: { ...EQUAL, apply: strict<Pair>(([left, right]) => compareScalars(left, right) !== 0) },
  lt: { ...LESS, apply: strict<Pair>(([left, right]) => compareScalars(left, right) < 0) },
  le: { ...LESS, apply: strict<Pair>(([left, right]) => compareScalars(left, right) <= 0) },
  gt: { ...LESS, apply: strict<Pair>(([left, right]) => compareScalars(left, right) > 0) },
  ge: { ...LESS, apply: strict<Pair>(([left, right]) => compareScalars(left, right) >= 0) },
  least: { ...alike(2, 16, ORDERED), apply: extreme(-1) },
  greatest: { ...alike(2, 16, ORDERED), apply: extreme(1) },
} as const satisfies Record<string, OperatorDef>;
