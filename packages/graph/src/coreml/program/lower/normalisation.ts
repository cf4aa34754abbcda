import type { MilEmitter } from "../emitter.ts";
import {
  axisOf,
  floating,
  numberOf,
  ONE_BATCH,
  plain,
  refused,
  type MilCall,
  type MilLowering,
  type MilRule,
  type MilValue,
  type Refusal,
} from "../lowering.ts";
import type { MilTensor } from "../mil-graph.ts";
import { binary, int, ints, reduce, reshape, scalar, unary, withNumber } from "../primitive.ts";

/** Numbers less their mean over axes, over their deviation, with both. */
function standardised(
  e: MilEmitter,
  x: MilTensor,
  axes: readonly number[],
  epsilon: number,
): { readonly y: MilTensor; readonly mean: MilTensor; readonly inverse: MilTensor } {
  const mean = reduce(e, "reduce_mean", x, axes, true);
  const centred = binary(e, "sub", x, mean);
  const variance = reduce(e, "reduce_mean", binary(e, "mul", centred, centred), axes, true);
  const deviation = unary(e, "sqrt", withNumber(e, "add", variance, epsilon));
  const inverse = binary(e, "real_div", scalar(e, "fp32", 1), deviation);
  return { y: binary(e, "mul", centred, inverse), mean, inverse };
}

const scaled = (e: MilEmitter, x: MilTensor, scale: MilTensor, shift: MilTensor | undefined): MilTensor => {
  const slope = binary(e, "mul", x, scale);
  return shift === undefined ? slope : binary(e, "add", slope, shift);
};

const layer: MilLowering = floating((call) => {
  const { e, inputs, outputs } = call;
  const x = plain(call, 0);
  const axes = x.dims.map((_, axis) => axis).slice(axisOf(call));
  const own = axes.map((axis) => x.dims[axis]!);
  const fits = (value: MilValue | undefined): boolean =>
    value === undefined || (value.constant !== undefined && value.dims.join() === own.join());
  if (outputs.length === 1 && fits(inputs[1]) && fits(inputs[2])) {
    const more = { gamma: plain(call, 1), beta: inputs[2] && plain(call, 2), axes: ints(e, axes) };
    const epsilon = scalar(e, "fp32", numberOf(call, "epsilon"));
    return [e.emit("layer_norm", { x, ...more, epsilon }, x)];
  }
  const { y, mean, inverse } = standardised(e, x, axes, numberOf(call, "epsilon"));
  return [scaled(e, y, plain(call, 1), inputs[2] && plain(call, 2)), mean, inverse];
});

const batch: MilLowering = floating((call) => {
  const { e, inputs } = call;
  if (numberOf(call, "training_mode") !== 0) return refused("it is in training", "the graph as it is used");
  if (inputs.slice(1).some((input) => input!.constant === undefined))
    return refused("its statistics are computed", "constant ones");
  const x = plain(call, 0);
  const [gamma, beta, mean, variance] = [1, 2, 3, 4].map((at) => plain(call, at)) as [
    MilTensor,
    MilTensor,
    MilTensor,
    MilTensor,
  ];
  const epsilon = numberOf(call, "epsilon");
  if (x.dims.length >= 3)
    return [e.emit("batch_norm", { x, mean, variance, gamma, beta, epsilon: scalar(e, "fp32", epsilon) }, x)];
  const slopes = Float64Array.from(
    gamma.values!,
    (value, at) => value / Math.sqrt(variance.values![at]! + epsilon),
  );
  const shifts = Float64Array.from(beta.values!, (value, at) => value - mean.values![at]! * slopes[at]!);
  const [slope, shift] = [slopes, shifts].map((list) => e.constant("fp32", list, [list.length]));
  return [scaled(e, x, slope!, shift)];
});

/** Channels in groups, each over all of its places. */
function grouped(call: MilCall, groups: number): readonly MilTensor[] | Refusal {
  const { e } = call;
  const x = plain(call, 0);
  if (x.open.slice(1).includes(true)) return ONE_BATCH;
  const [rows, channels, ...spatial] = x.dims as readonly [number, number, ...number[]];
  const size = spatial.reduce((product, length) => product * length, 1);
  const flat = reshape(e, x, [rows, groups, (channels / groups) * size]);
  const { y } = standardised(e, flat, [2], numberOf(call, "epsilon"));
  const perChannel = (at: number): MilTensor => reshape(e, plain(call, at), [channels, 1]);
  const back = reshape(e, y, [rows, channels, size]);
  return [reshape(e, scaled(e, back, perChannel(1), perChannel(2)), x.dims)];
}

/** `X / (bias + alpha / size * sum of squares of near channels)^beta`. */
const local: MilLowering = floating((call) => {
  const { e } = call;
  const size = numberOf(call, "size");
  const x = plain(call, 0);
  if (size % 2 === 0 || x.dims.length !== 4)
    return refused("an even number of channels, or an input that is no image", "an odd size on [N, C, H, W]");
  const told = (name: string): MilTensor => scalar(e, "fp32", numberOf(call, name));
  const more = { size: int(e, size), alpha: told("alpha"), beta: told("beta"), k: told("bias") };
  return [e.emit("local_response_norm", { x, ...more }, x)];
});

/** How normalisations are written. */
export const NORMALISATION_RULES = {
  BatchNormalization: batch,
  GroupNormalization: floating((call) => grouped(call, numberOf(call, "num_groups"))),
  InstanceNormalization: floating((call) => grouped(call, call.inputs[0]!.dims[1]!)),
  LRN: local,
  LayerNormalization: layer,
} satisfies Record<string, MilRule>;
