import { ELEMENT_TYPES } from "../element-type.ts";
import { broadcastInputs, zipped } from "./elementwise.ts";
import { sumTo } from "./gradient.ts";
import { defineOp } from "./op-definition.ts";
import { sharedType } from "./rule.ts";

/**
 * What is left of `A` after whole multiples of `B`, under broadcasting: with the sign of `B`, or with that of `A` if
 * `fmod` is set, which fractions needed before opset 28. 0 where an integer `B` is. As in PyTorch the gradient is that between the jumps.
 */
export const Mod = defineOp({
  since: 10,
  sinceFor: ({ inputs: [a], attributes: { fmod } }) =>
    fmod === 0 && ELEMENT_TYPES[a!.elementType].kind === "float" ? 28 : 10,
  inputs: ["A", "B"],
  attributes: { fmod: { type: "int", default: 0 } },
  infer(call) {
    return [{ elementType: sharedType(call, "a numeric type"), dims: broadcastInputs(call) }];
  },
  evaluate: (call) => [
    zipped(call, (a, b) => {
      const rest = a! % b!;
      return call.attributes.fmod === 0 && rest !== 0 && rest < 0 !== b! < 0 ? rest + b! : rest;
    }),
  ],
  gradient: ({ g, inputs: [a, b], outputs: [y], gradients: [dy], wanted }) => [
    wanted[0] ? sumTo(g, dy!, a!) : undefined,
    wanted[1] ? sumTo(g, g.op("Mul", [dy, g.op("Div", [g.op("Sub", [y, a]), b])]), b!) : undefined,
  ],
});
