import { SCALAR_TYPES } from "../scalar.ts";
import { alike, type OperatorDef, signatures, strict } from "./operator-def.ts";

const TRUTHS = alike(2, 16, ["boolean"]);

/** SQL's three-valued logic, and what is done about null. `if` takes its third argument when the first is null. */
export const logicOperators = {
  and: {
    ...TRUTHS,
    apply: (args) => (args.includes(false) ? false : args.includes(null) ? null : true),
  },
  or: {
    ...TRUTHS,
    apply: (args) => (args.includes(true) ? true : args.includes(null) ? null : false),
  },
  not: {
    ...signatures("boolean->boolean"),
    apply: strict<readonly [boolean]>(([value]) => !value),
  },
  is_null: {
    ...alike(1, 1, SCALAR_TYPES, "boolean"),
    apply: ([value]) => value === null,
  },
  coalesce: {
    ...alike(2, 16, SCALAR_TYPES),
    apply: (args) => args.find((value) => value !== null) ?? null,
  },
  if: {
    ...signatures(...SCALAR_TYPES.map((type) => `boolean,${type},${type}->${type}`)),
    apply: ([condition, yes, no]) => (condition === true ? yes! : no!),
  },
} as const satisfies Record<string, OperatorDef>;
