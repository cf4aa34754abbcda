import { BINARY_KINDS, POOL_KINDS } from "@tideline/predict";
import { slidingOf, type Sliding, type SlidingAttributes } from "../../op/sliding.ts";
import { activationWords, COPY, placeOf } from "../emitter.ts";
import { floating, numberOf, type LowerCall, type Lowering } from "../lowering.ts";

/** The numbers of each spatial axis for two of them; one axis is a row, above which everything is 1, or padding of 0. */
function inPlane(list: readonly number[], fill: number): readonly [number, number] {
  return list.length === 2 ? [list[0]!, list[1]!] : [fill, list[0]!];
}

/** The geometry of a node, or why a table cannot hold it. */
function planeOf(call: LowerCall, kernel?: readonly number[]): Sliding | string {
  const { dims } = call.inputs[0]!;
  if (dims[0] !== 1) return "several rows at once";
  if (dims.length > 4) return "more than two axes to slide over";
  return slidingOf("", dims, call.attributes as unknown as SlidingAttributes, kernel);
}

/** A convolution over one or two axes. */
export const lowerConv: Lowering = floating((call) => {
  const { emitter, inputs, outputs } = call;
  const [x, w] = [inputs[0]!, inputs[1]!];
  const sliding = planeOf(call, w.dims.slice(2));
  if (typeof sliding === "string") return sliding;
  const [source, weight, bias] = [x, w, inputs[2]].map((input) => input && emitter.dense(input.view));
  return [
    emitter.emit("conv", [source, weight, bias], outputs[0]!.dims, (target) => [
      numberOf(call, "group"),
      x.dims[1]!,
      ...inPlane(x.dims.slice(2), 1),
      w.dims[0]!,
      ...inPlane(sliding.lengths, 1),
      ...inPlane(sliding.kernel, 1),
      ...inPlane(sliding.strides, 1),
      ...inPlane(sliding.before, 0),
      ...inPlane(sliding.dilations, 1),
      placeOf(source),
      placeOf(weight),
      placeOf(bias),
      target,
      ...activationWords(COPY),
    ]),
  ];
});

/** The largest or the mean of windows over one or two axes. */
export function lowerPool(kind: "max" | "mean"): Lowering {
  return floating((call) => {
    const { emitter, inputs, outputs } = call;
    const sliding = planeOf(call);
    if (typeof sliding === "string") return sliding;
    const padded = kind === "mean" && numberOf(call, "count_include_pad") !== 0;
    const { dims, view } = inputs[0]!;
    const source = emitter.dense(view);
    return [
      emitter.emit("pool", [source], outputs[0]!.dims, (target) => [
        padded ? POOL_KINDS.meanWithPadding : POOL_KINDS[kind],
        dims[1]!,
        ...inPlane(dims.slice(2), 1),
        ...inPlane(sliding.lengths, 1),
        ...inPlane(sliding.kernel, 1),
        ...inPlane(sliding.strides, 1),
        ...inPlane(sliding.before, 0),
        ...inPlane(sliding.behind, 0),
        ...inPlane(sliding.dilations, 1),
        placeOf(source),
        target,
      ]),
    ];
  });
}

/** A factor and a shift per channel, made when the table is written. */
export const lowerBatchNormalization: Lowering = floating((call) => {
  const { emitter, inputs, outputs } = call;
  const [x, ...rest] = inputs;
  const [scale, shift, mean, variance] = rest.map((input) => input!.constant);
  if (!scale || !shift || !mean || !variance) return "statistics computed as the graph runs";
  const factor = scale.map((value, at) => value / Math.sqrt(variance[at]! + numberOf(call, "epsilon")));
  const offset = shift.map((value, at) => value - mean[at]! * factor[at]!);
  const { dims } = outputs[0]!;
  const perChannel = [dims[1]!, ...dims.slice(2).map(() => 1)];
  const [by, plus] = [factor, offset].map((list) => emitter.constant(Float32Array.from(list), perChannel));
  const product = emitter.binary(BINARY_KINDS.mul, x!.view, by!, dims);
  return [emitter.binary(BINARY_KINDS.add, product, plus!, dims)];
});
