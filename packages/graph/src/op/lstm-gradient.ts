import type { Value } from "../value.ts";
import { lstmDirectionGradient } from "./lstm-direction-gradient.ts";
import type { AttributeRules, GradientCall } from "./op-definition.ts";
import { RECURRENT_RULES } from "./recurrence.ts";
import { demandPlain, eachDirection, joinedDirections, stackedParts } from "./recurrent-direction.ts";

/** The attributes of LSTM. */
export const LSTM_RULES = {
  ...RECURRENT_RULES,
  input_forget: { type: "int", default: 0 },
} as const satisfies AttributeRules;

/** The gradient of LSTM with its default functions; see `lstmDirectionGradient` for how. */
export function lstmGradient(call: GradientCall<typeof LSTM_RULES>): readonly (Value | undefined)[] {
  const { g, who, inputs, attributes, gradients, wanted } = call;
  demandPlain(who, attributes, [["sigmoid"], ["tanh"], ["tanh"]]);
  const found = eachDirection(call, (direction, _, part) =>
    lstmDirectionGradient(g, {
      ...direction,
      initialCell: part(inputs[6]),
      peepholes: part(inputs[7]),
      dCell: part(gradients[2]),
      tied: attributes.input_forget !== 0,
      wanted: {
        x: wanted[0]!,
        b: wanted[3]!,
        initial: wanted[5]!,
        cell: wanted[6]!,
        peepholes: wanted[7]!,
      },
    }),
  );
  return [
    ...joinedDirections(g, found),
    stackedParts(
      g,
      found.map(({ cell }) => cell),
    ),
    stackedParts(
      g,
      found.map(({ peepholes }) => peepholes),
    ),
  ];
}
