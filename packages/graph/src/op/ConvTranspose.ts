import { forEachIndex, offsetOf } from "../shape.ts";
import { channelSum, convTransposeInputGradient, convWeightGradient } from "./conv-gradient.ts";
import { dimsOf } from "./gradient.ts";
import { defineOp, formatInputs, illegal } from "./op-definition.ts";
import { sharedType } from "./rule.ts";
import { placesOf, SLIDING_RULES } from "./sliding.ts";
import { upsamplingOf } from "./upsampling.ts";

/**
 * The transpose of a convolution: every value of `X[N, C, ...]` adds its kernel, `W[C, M/group, ...]` times the value, to
 * the output `[N, M, ...]`, at steps of `strides`; plus `B[M]`. What lies in the padding is cut off.
 */
export const ConvTranspose = defineOp({
  inputs: ["X", "W", "B"],
  optional: 1,
  attributes: {
    ...SLIDING_RULES,
    dilations: { type: "ints" },
    group: { type: "int", default: 1 },
    output_padding: { type: "ints" },
    output_shape: { type: "ints" },
  },
  infer(call) {
    const elementType = sharedType(call, "a floating-point type");
    const [x, w, b] = call.inputs;
    const { group, kernel_shape } = call.attributes;
    const [channels, own, ...kernel] = w!.dims as [number, number, ...number[]];
    const filters = own * group;
    const fits =
      x!.dims.length === w!.dims.length &&
      w!.dims.every((dim) => typeof dim === "number") &&
      group >= 1 &&
      channels % group === 0 &&
      x!.dims[1] === channels &&
      (kernel_shape === undefined || kernel_shape.join() === kernel.join()) &&
      (b === undefined || (b.dims.length === 1 && b.dims[0] === filters));
    if (!fits)
      throw illegal(
        call.who,
        "inputs",
        `X[N, C, ...], W[C, M/${group}, ...] and B[M]`,
        formatInputs(call.inputs),
      );
    const { sizes } = upsamplingOf(call.who, x!.dims, call.attributes, kernel);
    return [{ elementType, dims: [x!.dims[0]!, filters, ...sizes] }];
  },
  evaluate({ inputs, attributes, outputs }) {
    const [x, w, b] = [inputs[0]!, inputs[1]!, inputs[2]];
    const { dims } = outputs[0]!;
    const [channels, own, ...kernel] = w.dims as [number, number, ...number[]];
    const { sliding, sizes } = upsamplingOf("ConvTranspose", x.dims, attributes, kernel);
    const values: number[] = [];
    forEachIndex(dims, ([, filter]) => values.push(b?.values[filter!] ?? 0));
    forEachIndex(x.dims, ([n, channel, ...at], flat) => {
      const first = Math.floor(channel! / (channels / attributes.group)) * own;
      forEachIndex([own, ...kernel], ([filter, ...position]) => {
        const places = placesOf(sliding, at, position);
        if (places.some((place, axis) => place < 0 || place >= sizes[axis]!)) return;
        values[offsetOf([n!, first + filter!, ...places], dims)]! +=
          x.values[flat]! * w.values[offsetOf([channel!, filter!, ...position], w.dims)]!;
      });
    });
    return [Float64Array.from(values)];
  },
  gradient({ g, who, inputs: [x, w], attributes, gradients: [dy], wanted }) {
    const { group } = attributes;
    const kernel = dimsOf(w!).slice(2);
    const { sliding } = upsamplingOf(who, x!.dims, attributes, kernel);
    return [
      wanted[0] ? convTransposeInputGradient(g, w!, dy!, sliding, group) : undefined,
      wanted[1] ? convWeightGradient(g, dy!, x!, sliding, group) : undefined,
      wanted[2] ? channelSum(g, dy!) : undefined,
    ];
  },
});
