import { ELEMENT_TYPES } from "../element-type.ts";
import type { Value } from "../value.ts";
import { sumTo } from "./gradient.ts";
import { defineOp, formatInputs, illegal } from "./op-definition.ts";
import { sharedType } from "./rule.ts";

/**
 * `min(max(input, min), max)` with scalar bounds, either of which may be left out. The gradient passes where the input
 * lies within the bounds, at a bound too, as in PyTorch, and goes to the bound that holds elsewhere.
 */
export const Clip = defineOp({
  since: 11,
  inputs: ["input", "min", "max"],
  optional: 2,
  attributes: {},
  infer(call) {
    const [input, ...bounds] = call.inputs;
    if (bounds.some((bound) => bound !== undefined && bound.dims.length > 0))
      throw illegal(call.who, "min and max", "scalars", formatInputs(bounds));
    return [{ elementType: sharedType(call, "a numeric type"), dims: input!.dims }];
  },
  evaluate({ inputs: [input, min, max] }) {
    const low = min?.values[0] ?? -Infinity;
    const high = max?.values[0] ?? Infinity;
    return [input!.values.map((x) => Math.min(Math.max(x, low), high))];
  },
  gradient({ g, inputs: [x, min, max], outputs: [y], gradients: [dy], wanted }) {
    const where = (mask: Value): Value =>
      g.op("Mul", [dy, g.op("Cast", [mask], { to: ELEMENT_TYPES[dy!.elementType].code })]);
    const below = (): Value => {
      const mask = g.op("Less", [x, min]);
      return max === undefined ? mask : g.op("And", [mask, g.op("Less", [min, max])]);
    };
    const above = (): Value => {
      const mask = g.op("Greater", [x, max]);
      return min === undefined ? mask : g.op("Or", [mask, g.op("Less", [max, min])]);
    };
    return [
      // What was changed by no bound lies within them.
      wanted[0] ? where(g.op("Equal", [x, y])) : undefined,
      wanted[1] ? sumTo(g, where(below()), min!) : undefined,
      wanted[2] ? sumTo(g, where(above()), max!) : undefined,
    ];
  },
});
