import type { Value } from "../value.ts";
import { gruDirectionGradient } from "./gru-direction-gradient.ts";
import type { AttributeRules, GradientCall } from "./op-definition.ts";
import { RECURRENT_RULES } from "./recurrence.ts";
import { demandPlain, eachDirection, joinedDirections } from "./recurrent-direction.ts";

/** The attributes of GRU. */
export const GRU_RULES = {
  ...RECURRENT_RULES,
  linear_before_reset: { type: "int", default: 0 },
} as const satisfies AttributeRules;

/** The gradient of GRU with its default functions; see `gruDirectionGradient` for how. */
export function gruGradient(call: GradientCall<typeof GRU_RULES>): readonly (Value | undefined)[] {
  const { g, who, attributes, wanted } = call;
  demandPlain(who, attributes, [["sigmoid"], ["tanh"]]);
  const found = eachDirection(call, (direction) =>
    gruDirectionGradient(g, {
      ...direction,
      resetBehind: attributes.linear_before_reset !== 0,
      wanted: { x: wanted[0]!, b: wanted[3]!, initial: wanted[5]! },
    }),
  );
  return joinedDirections(g, found);
}
