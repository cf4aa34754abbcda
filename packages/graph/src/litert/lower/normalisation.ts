import type { LiteEmitter } from "../emitter.ts";
import type { LiteTensor } from "../lite-graph.ts";
import {
  axisOf,
  floating,
  inOrder,
  numberOf,
  plain,
  refused,
  type LiteCall,
  type LiteLowering,
  type LiteRule,
  type LiteValue,
} from "../lowering.ts";
import { channelsLast, identityOrder } from "../order.ts";
import { binary, reduce, reshape, unary, withNumber } from "../primitive.ts";

/** Numbers less their mean over axes, over their deviation, with both. */
function standardised(
  e: LiteEmitter,
  x: LiteTensor,
  axes: readonly number[],
  epsilon: number,
): { readonly y: LiteTensor; readonly mean: LiteTensor; readonly inverse: LiteTensor } {
  const mean = reduce(e, "MEAN", x, axes, true);
  const centred = binary(e, "SUB", x, mean);
  const variance = reduce(e, "MEAN", binary(e, "MUL", centred, centred), axes, true);
  const inverse = unary(e, "RSQRT", withNumber(e, "ADD", variance, epsilon));
  return { y: binary(e, "MUL", centred, inverse), mean, inverse };
}

const scaled = (
  e: LiteEmitter,
  x: LiteTensor,
  scale: LiteTensor,
  shift: LiteTensor | undefined,
): LiteTensor => {
  const slope = binary(e, "MUL", x, scale);
  return shift === undefined ? slope : binary(e, "ADD", slope, shift);
};

const layer: LiteLowering = floating((call) => {
  const { e, inputs } = call;
  const x = plain(call, 0);
  const axes = identityOrder(x.dims.length).slice(axisOf(call));
  const { y, mean, inverse } = standardised(e, x, axes, numberOf(call, "epsilon"));
  const isScaled =
    inputs[1]!.constant === undefined || Array.from(inputs[1]!.constant).some((one) => one !== 1);
  if (!isScaled && inputs[2] === undefined) return [y, mean, inverse];
  return [scaled(e, y, plain(call, 1), inputs[2] && plain(call, 2)), mean, inverse];
});

/** Constants by channel, as the factor and the summand of a batch normalisation that is over. */
const batch: LiteLowering = floating((call) => {
  const { e, inputs } = call;
  if (numberOf(call, "training_mode") !== 0) return refused("it is in training", "the graph as it is used");
  const [scale, shift, mean, variance] = inputs.slice(1).map((input) => input!.constant);
  if (!scale || !shift || !mean || !variance) return refused("its statistics are computed", "constant ones");
  const epsilon = numberOf(call, "epsilon");
  const slopes = Float64Array.from(scale, (value, at) => value / Math.sqrt(variance[at]! + epsilon));
  const shifts = Float64Array.from(shift, (value, at) => value - mean[at]! * slopes[at]!);
  const [x] = inputs as readonly [LiteValue];
  const rank = x.dims.length;
  const order = rank > 2 ? channelsLast(rank) : identityOrder(rank);
  const [slope, summand] = [slopes, shifts].map((list) => e.constant("FLOAT32", list, [list.length]));
  return [{ tensor: scaled(e, inOrder(e, x, order), slope!, summand), order }];
});

/** Channels in groups, each over all of its places. */
function grouped(call: LiteCall, groups: number): LiteTensor {
  const { e } = call;
  const x = plain(call, 0);
  const [rows, channels, ...spatial] = x.dims as readonly [number, number, ...number[]];
  const size = spatial.reduce((product, length) => product * length, 1);
  const flat = reshape(e, x, [rows, groups, (channels / groups) * size]);
  const { y } = standardised(e, flat, [2], numberOf(call, "epsilon"));
  const perChannel = (at: number): LiteTensor => reshape(e, plain(call, at), [channels, 1]);
  const back = reshape(e, y, [rows, channels, size]);
  return reshape(e, scaled(e, back, perChannel(1), perChannel(2)), x.dims);
}

/** `X / (bias + alpha / size * sum of squares of near channels)^beta`. */
const local: LiteLowering = floating((call) => {
  const { e } = call;
  const size = numberOf(call, "size");
  const [x] = call.inputs as readonly [LiteValue];
  if (size % 2 === 0 || x.dims.length !== 4)
    return refused("an even number of channels, or an input that is no image", "an odd size on [N, C, H, W]");
  const order = channelsLast(4);
  const options = {
    radius: (size - 1) / 2,
    bias: numberOf(call, "bias"),
    alpha: numberOf(call, "alpha") / size,
    beta: numberOf(call, "beta"),
  };
  return [{ tensor: unary(e, "LOCAL_RESPONSE_NORMALIZATION", inOrder(e, x, order), options), order }];
});

/** How normalisations are written. */
export const NORMALISATION_RULES = {
  BatchNormalization: batch,
  GroupNormalization: floating((call) => [grouped(call, numberOf(call, "num_groups"))]),
  InstanceNormalization: floating((call) => [grouped(call, call.inputs[0]!.dims[1]!)]),
  LRN: local,
  LayerNormalization: layer,
} satisfies Record<string, LiteRule>;
