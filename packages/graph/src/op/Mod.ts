import { ELEMENT_TYPES } from "../element-type.ts";
import { broadcastInputs, zipped } from "./elementwise.ts";
import { sumTo } from "./gradient.ts";
import { defineOp, formatInputs, illegal } from "./op-definition.ts";
import { sharedType } from "./rule.ts";

/**
 * What is left of `A` after whole multiples of `B`, under broadcasting: with the sign of `B`, or with that of `A` if
 * `fmod` is set, which fractions need. 0 where an integer `B` is. As in PyTorch the gradient is that between the jumps.
 */
export const Mod = defineOp({
  since: 10,
  inputs: ["A", "B"],
  attributes: { fmod: { type: "int", default: 0 } },
  infer(call) {
    const elementType = sharedType(call, "a numeric type");
    if (ELEMENT_TYPES[elementType].kind === "float" && call.attributes.fmod === 0)
      throw illegal(call.who, "fmod", "1 for floating-point types", formatInputs(call.inputs));
    return [{ elementType, dims: broadcastInputs(call) }];
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
