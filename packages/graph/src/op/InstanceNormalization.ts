import { elementCount } from "../onnx.ts";
import type { Value } from "../value.ts";
import { channelSum } from "./conv-gradient.ts";
import { dimsOf, reshaped, scalarLike } from "./gradient.ts";
import { defineOp, formatInputs, illegal } from "./op-definition.ts";
import { sharedType } from "./rule.ts";

/** Each channel of each row, `input[N, C, ...]`, less its mean, over its deviation, scaled and shifted. */
export const InstanceNormalization = defineOp({
  since: 6,
  inputs: ["input", "scale", "B"],
  attributes: { epsilon: { type: "float", default: Math.fround(1e-5) } },
  infer(call) {
    const elementType = sharedType(call, "a floating-point type");
    const [x, ...rest] = call.inputs;
    const { dims } = x!;
    if (dims.length < 3 || rest.some((one) => one!.dims.length !== 1 || one!.dims[0] !== dims[1]))
      throw illegal(call.who, "inputs", "input[N, C, ...] and two of [C]", formatInputs(call.inputs));
    return [{ elementType, dims }];
  },
  evaluate({ inputs, attributes: { epsilon } }) {
    const [x, scale, shift] = inputs.map((input) => input!);
    const size = elementCount(x!.dims.slice(2));
    const y = new Float64Array(x!.values.length);
    for (let from = 0; from < y.length; from += size) {
      const own = x!.values.subarray(from, from + size);
      const channel = (from / size) % x!.dims[1]!;
      const mean = own.reduce((sum, value) => sum + value, 0) / size;
      const variance = own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / size;
      const slope = scale!.values[channel]! / Math.sqrt(variance + epsilon);
      for (const [at, value] of own.entries())
        y[from + at] = (value - mean) * slope + shift!.values[channel]!;
    }
    return [y];
  },
  gradient({ g, inputs, attributes, gradients, wanted }) {
    const [x, scale] = inputs as readonly [Value, Value];
    const dy = gradients[0]!;
    const dims = dimsOf(x);
    const axes = g.ints(dims.slice(2).map((_, at) => at + 2));
    const meanOf = (value: Value): Value => g.op("ReduceMean", [value, axes], { keepdims: 1 });
    const mul = (a: Value, b: Value): Value => g.op("Mul", [a, b]);
    const centred = g.op("Sub", [x, meanOf(x)]);
    const spread = g.op("Add", [meanOf(mul(centred, centred)), scalarLike(g, x, attributes.epsilon)]);
    const inverse = g.op("Div", [scalarLike(g, x, 1), g.op("Sqrt", [spread])]);
    const normal = mul(centred, inverse);
    const onNormal = mul(dy, normal);
    const dx = (): Value => {
      const through = g.op("Add", [meanOf(dy), mul(normal, meanOf(onNormal))]);
      const slope = mul(reshaped(g, scale, [dims[1]!, ...dims.slice(2).map(() => 1)]), inverse);
      return mul(g.op("Sub", [dy, through]), slope);
    };
    return [
      wanted[0] ? dx() : undefined,
      wanted[1] ? channelSum(g, onNormal) : undefined,
      wanted[2] ? channelSum(g, dy) : undefined,
    ];
  },
});
