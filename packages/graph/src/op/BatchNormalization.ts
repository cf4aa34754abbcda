import { elementCount } from "../onnx.ts";
import { batchNormalizationGradient } from "./batch-normalization-gradient.ts";
import { defineOp, formatInputs, illegal } from "./op-definition.ts";
import { sharedType } from "./rule.ts";

/**
 * Each channel, `X[N, C, ...]`, less its mean, over its deviation, scaled and shifted. With `training_mode` 1 mean and
 * variance (divided by the count) are those of the batch, and two more outputs move the running ones towards them:
 * `running * momentum + batch * (1 - momentum)`.
 */
export const BatchNormalization = defineOp({
  since: 9,
  sinceFor: ({ attributes }) => (attributes.training_mode === 0 ? 9 : 15),
  inputs: ["X", "scale", "B", "input_mean", "input_var"],
  attributes: {
    epsilon: { type: "float", default: Math.fround(1e-5) },
    momentum: { type: "float", default: Math.fround(0.9) },
    training_mode: { type: "int", default: 0 },
  },
  infer(call) {
    const elementType = sharedType(call, "a floating-point type");
    const [x, ...rest] = call.inputs;
    const channels = x!.dims[1];
    if (channels === undefined || rest.some((one) => one!.dims.length !== 1 || one!.dims[0] !== channels))
      throw illegal(call.who, "inputs", "X[N, C, ...] and four of [C]", formatInputs(call.inputs));
    const running = { elementType, dims: [channels] };
    return [
      { elementType, dims: x!.dims },
      ...(call.attributes.training_mode === 0 ? [] : [running, running]),
    ];
  },
  evaluate({ inputs, attributes: { epsilon, momentum, training_mode } }) {
    const [x, scale, shift, mean, variance] = inputs.map((input) => input!);
    const size = elementCount(x!.dims.slice(2));
    const channels = x!.dims[1]!;
    const channelOf = (at: number): number => Math.floor(at / size) % channels;
    const batchMean = new Float64Array(channels);
    const batchVariance = new Float64Array(channels);
    const training = training_mode !== 0;
    if (training) {
      const count = x!.dims[0]! * size;
      for (const [at, value] of x!.values.entries()) batchMean[channelOf(at)]! += value / count;
      for (const [at, value] of x!.values.entries())
        batchVariance[channelOf(at)]! += (value - batchMean[channelOf(at)]!) ** 2 / count;
    }
    const centre = training ? batchMean : mean!.values;
    const spread = training ? batchVariance : variance!.values;
    const y = x!.values.map((value, at) => {
      const channel = channelOf(at);
      const deviation = Math.sqrt(spread[channel]! + epsilon);
      return ((value - centre[channel]!) / deviation) * scale!.values[channel]! + shift!.values[channel]!;
    });
    const moved = (running: Float64Array, batch: Float64Array): Float64Array =>
      running.map((value, channel) => value * momentum + batch[channel]! * (1 - momentum));
    return training ? [y, moved(mean!.values, batchMean), moved(variance!.values, batchVariance)] : [y];
  },
  gradient: batchNormalizationGradient,
});
