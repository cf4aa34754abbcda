import { scalarLike } from "./gradient.ts";
import { fromFront, linesAlong } from "./along.ts";
import { defineOp, illegal } from "./op-definition.ts";
import { axisOf, sharedType } from "./rule.ts";

/** The input divided by its length along an axis: by its sum of absolute values (`p: 1`), or its Euclidean length. 0 stays 0. */
export const LpNormalization = defineOp({
  since: 1,
  inputs: ["input"],
  attributes: { axis: { type: "int", default: -1 }, p: { type: "int", default: 2 } },
  infer(call) {
    const { dims } = call.inputs[0]!;
    const { axis, p } = call.attributes;
    axisOf(call, axis, dims.length);
    if (p !== 1 && p !== 2) throw illegal(call.who, "p", "1 or 2", String(p));
    return [{ elementType: sharedType(call, "a floating-point type"), dims }];
  },
  evaluate({ inputs, attributes: { axis, p } }) {
    const { values, dims } = inputs[0]!;
    const output = values.slice();
    for (const line of linesAlong(inputs[0]!, fromFront(axis, dims.length))) {
      const sum = line.reduce((total, at) => total + Math.abs(values[at]!) ** p, 0);
      if (sum !== 0) for (const at of line) output[at]! /= sum ** (1 / p);
    }
    return [output];
  },
  gradient({ g, inputs: [x], outputs: [y], gradients: [dy], attributes: { axis, p } }) {
    const axes = g.ints([axis]);
    const zero = scalarLike(g, x!, 0);
    const norm = g.op(p === 1 ? "ReduceL1" : "ReduceL2", [x, axes], { keepdims: 1 });
    const length = g.op("Where", [g.op("Equal", [norm, zero]), scalarLike(g, x!, 1), norm]);
    const along = g.op("ReduceSum", [g.op("Mul", [dy, y]), axes], { keepdims: 1 });
    const direction = p === 1 ? g.op("Sign", [x]) : y;
    return [g.op("Div", [g.op("Sub", [dy, g.op("Mul", [direction, along])]), length])];
  },
});
