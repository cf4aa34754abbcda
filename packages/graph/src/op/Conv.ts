import { forEachIndex, offsetOf } from "../shape.ts";
import { channelSum, convInputGradient, convWeightGradient } from "./conv-gradient.ts";
import { dimsOf } from "./gradient.ts";
import { defineOp, formatInputs, illegal } from "./op-definition.ts";
import { sharedType } from "./rule.ts";
import { placesOf, SLIDING_RULES, slidingOf } from "./sliding.ts";

/** A convolution (a correlation, as in all of deep learning) of `X[N, C, ...]` with `W[M, C/group, ...]`, plus `B[M]`. */
export const Conv = defineOp({
  inputs: ["X", "W", "B"],
  optional: 1,
  attributes: { ...SLIDING_RULES, dilations: { type: "ints" }, group: { type: "int", default: 1 } },
  infer(call) {
    const elementType = sharedType(call, "a floating-point type");
    const [x, w, b] = call.inputs;
    const { group, kernel_shape } = call.attributes;
    const [filters, depth, ...kernel] = w!.dims;
    const fits =
      x!.dims.length === w!.dims.length &&
      w!.dims.every((dim) => typeof dim === "number") &&
      group >= 1 &&
      x!.dims[1] === (depth as number) * group &&
      (filters as number) % group === 0 &&
      (kernel_shape === undefined || kernel_shape.join() === kernel.join()) &&
      (b === undefined || (b.dims.length === 1 && b.dims[0] === filters));
    if (!fits)
      throw illegal(
        call.who,
        "inputs",
        `X[N, C, ...], W[M, C/${group}, ...] and B[M]`,
        formatInputs(call.inputs),
      );
    const { lengths } = slidingOf(call.who, x!.dims, call.attributes, kernel as number[]);
    return [{ elementType, dims: [x!.dims[0]!, filters!, ...lengths] }];
  },
  evaluate({ inputs, attributes, outputs }) {
    const [x, w, b] = [inputs[0]!, inputs[1]!, inputs[2]];
    const [filters, depth, ...kernel] = w.dims as [number, number, ...number[]];
    const sliding = slidingOf("Conv", x.dims, attributes, kernel);
    const own = filters / attributes.group;
    const values: number[] = [];
    forEachIndex(outputs[0]!.dims, ([n, filter, ...output]) => {
      let sum = b?.values[filter!] ?? 0;
      forEachIndex([depth, ...kernel], ([channel, ...at]) => {
        const places = placesOf(sliding, output, at);
        if (places.some((place, axis) => place < 0 || place >= x.dims[axis + 2]!)) return;
        const from = Math.floor(filter! / own) * depth + channel!;
        sum +=
          x.values[offsetOf([n!, from, ...places], x.dims)]! *
          w.values[offsetOf([filter!, channel!, ...at], w.dims)]!;
      });
      values.push(sum);
    });
    return [Float64Array.from(values)];
  },
  gradient({ g, who, inputs: [x, w], attributes, gradients: [dy], wanted }) {
    const [sizes, kernel] = [dimsOf(x!), dimsOf(w!)].map((dims) => dims.slice(2)) as [number[], number[]];
    const sliding = slidingOf(who, x!.dims, attributes, kernel);
    const { group } = attributes;
    return [
      wanted[0] ? convInputGradient(g, w!, dy!, sliding, group, sizes) : undefined,
      wanted[1] ? convWeightGradient(g, x!, dy!, sliding, group) : undefined,
      wanted[2] ? channelSum(g, dy!) : undefined,
    ];
  },
});
