import { elementCount, formatType } from "../onnx.ts";
import type { Value } from "../value.ts";
import { channelSum } from "./conv-gradient.ts";
import { dimsOf, reshaped, scalarLike } from "./gradient.ts";
import { defineOp, formatInputs, illegal } from "./op-definition.ts";
import { sharedType } from "./rule.ts";

/**
 * The channels of each row, `X[N, C, ...]`, in `num_groups` groups side by side: each group less its mean, over its
 * deviation; then each channel scaled and shifted (Y. Wu, K. He, "Group Normalization", ECCV 2018). Opset 18 scaled groups,
 * not channels, and was withdrawn.
 */
export const GroupNormalization = defineOp({
  since: 21,
  inputs: ["X", "scale", "bias"],
  attributes: {
    epsilon: { type: "float", default: Math.fround(1e-5) },
    num_groups: { type: "int", required: true },
    stash_type: { type: "int", default: 1 },
  },
  infer(call) {
    const elementType = sharedType(call, "a floating-point type");
    const [x, ...rest] = call.inputs;
    const { dims } = x!;
    const channels = dims[1];
    if (dims.length < 2 || rest.some((one) => one!.dims.length !== 1 || one!.dims[0] !== channels))
      throw illegal(call.who, "inputs", "X[N, C, ...] and two of [C]", formatInputs(call.inputs));
    const { num_groups, stash_type } = call.attributes;
    if (typeof channels !== "number" || num_groups < 1 || channels % num_groups !== 0)
      throw illegal(call.who, "X", `channels that make ${num_groups} equal groups`, formatType(x!));
    if (stash_type !== 1) throw illegal(call.who, "stash_type", "1, which is float32", String(stash_type));
    return [{ elementType, dims }];
  },
  evaluate({ inputs, attributes: { epsilon, num_groups } }) {
    const [x, scale, bias] = inputs.map((input) => input!);
    const [, channels, ...spatial] = x!.dims as readonly [number, number, ...number[]];
    const each = elementCount(spatial);
    const size = (channels / num_groups) * each;
    const y = new Float64Array(x!.values.length);
    for (let from = 0; from < y.length; from += size) {
      const own = x!.values.subarray(from, from + size);
      const mean = own.reduce((sum, value) => sum + value, 0) / size;
      const variance = own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / size;
      const inverse = 1 / Math.sqrt(variance + epsilon);
      for (const [at, value] of own.entries()) {
        const channel = Math.floor((from + at) / each) % channels;
        y[from + at] = (value - mean) * inverse * scale!.values[channel]! + bias!.values[channel]!;
      }
    }
    return [y];
  },
  gradient({ g, inputs, attributes: { epsilon, num_groups }, gradients, wanted }) {
    const [x, scale] = inputs as readonly [Value, Value];
    const dy = gradients[0]!;
    const dims = dimsOf(x);
    const grouped = [dims[0]!, num_groups, elementCount(dims.slice(1)) / num_groups];
    const meanOf = (value: Value): Value => g.op("ReduceMean", [value, g.ints([2])], { keepdims: 1 });
    const mul = (a: Value, b: Value): Value => g.op("Mul", [a, b]);
    const own = reshaped(g, x, grouped);
    const centred = g.op("Sub", [own, meanOf(own)]);
    const spread = g.op("Add", [meanOf(mul(centred, centred)), scalarLike(g, x, epsilon)]);
    const inverse = g.op("Reciprocal", [g.op("Sqrt", [spread])]);
    const normal = mul(centred, inverse);
    const dx = (): Value => {
      const perChannel = reshaped(g, scale, [dims[1]!, ...dims.slice(2).map(() => 1)]);
      const d = reshaped(g, mul(dy, perChannel), grouped);
      const through = g.op("Add", [meanOf(d), mul(normal, meanOf(mul(d, normal)))]);
      return reshaped(g, mul(g.op("Sub", [d, through]), inverse), dims);
    };
    return [
      wanted[0] ? dx() : undefined,
      wanted[1] ? channelSum(g, mul(dy, reshaped(g, normal, dims))) : undefined,
      wanted[2] ? channelSum(g, dy) : undefined,
    ];
  },
});
