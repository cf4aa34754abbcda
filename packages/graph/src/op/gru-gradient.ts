import type { Value } from "../value.ts";
import { dimsOf } from "./gradient.ts";
import { gruDirectionGradient } from "./gru-direction-gradient.ts";
import type { AttributeRules, GradientCall } from "./op-definition.ts";
import { RECURRENT_RULES } from "./recurrence.ts";
import { demandPlain, joinedDirections, maskOf, partOf } from "./recurrent-direction.ts";

/** The attributes of GRU. */
export const GRU_RULES = {
  ...RECURRENT_RULES,
  linear_before_reset: { type: "int", default: 0 },
} as const satisfies AttributeRules;

/** The gradient of GRU with its default functions; see `gruDirectionGradient` for how. */
export function gruGradient(call: GradientCall<typeof GRU_RULES>): readonly (Value | undefined)[] {
  const { g, who, gradients, outputs, attributes, wanted } = call;
  const [x, w, r, b, lengths, initial] = call.inputs as readonly [
    Value,
    Value,
    Value,
    ...(Value | undefined)[],
  ];
  demandPlain(who, attributes, [["sigmoid"], ["tanh"]]);
  const directions = dimsOf(w)[0]!;
  const mask = lengths && maskOf(g, lengths, dimsOf(x)[0]!, x);
  const found = Array.from({ length: directions }, (_, d) => {
    const part = (value: Value | undefined, axis = 0): Value | undefined =>
      value && partOf(g, value, axis, d);
    return gruDirectionGradient(g, {
      x,
      w: part(w)!,
      r: part(r)!,
      b: part(b),
      initial: part(initial),
      y: part(outputs[0]!, 1)!,
      dy: part(gradients[0], 1),
      dLast: part(gradients[1]),
      mask,
      reverse: attributes.direction === "reverse" || d === 1,
      resetBehind: attributes.linear_before_reset !== 0,
      wanted: { x: wanted[0]!, b: wanted[3]!, initial: wanted[5]! },
    });
  });
  return joinedDirections(g, found);
}
