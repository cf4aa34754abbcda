import { clockOperators } from "./operator/clock.ts";
import { comparisonOperators } from "./operator/comparison.ts";
import { logicOperators } from "./operator/logic.ts";
import { numericOperators } from "./operator/numeric.ts";
import type { OperatorDef } from "./operator/operator-def.ts";

/** Every operator of the language, by its name in the JSON. */
const OPERATORS = {
  ...numericOperators,
  ...comparisonOperators,
  ...logicOperators,
  ...clockOperators,
} as const satisfies Record<string, OperatorDef>;

/** The name of an operator. */
export type OperatorName = keyof typeof OPERATORS;

/** Whether a text names an operator. */
export function isOperatorName(name: unknown): name is OperatorName {
  return typeof name === "string" && Object.hasOwn(OPERATORS, name);
}

/** The operator of a name, without the precise types of the table. */
export function operatorOf(name: OperatorName): OperatorDef {
  return OPERATORS[name];
}
