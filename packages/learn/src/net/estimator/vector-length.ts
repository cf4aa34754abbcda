import { zerosLike, matrix, type Matrix } from "../../matrix.ts";
import { illegalOption } from "../check-option.ts";
import { defineLayer, rowDims } from "../layer/define-layer.ts";
import type { Layer } from "../net.ts";

/** Channels that are the axes of one sensor, by position. */
export type VectorChannels = readonly number[];

/** Channels of a series followed by the lengths of vectors among them. */
export interface VectorLengths {
  /** [batch, samples, channels] to [batch, samples, channels + vectors]. */
  readonly layer: Layer;
  /** The same of rows that hold sample after sample, for statistics. */
  of(X: Matrix): Matrix;
}

/**
 * The length of each vector as a further channel: how strong a sensor's signal is, however the device is turned.
 *
 * @throws DEFINITION_ILLEGAL for a vector without channels or a channel that there is not.
 */
export function vectorLengths(
  who: string,
  channels: number,
  vectors: readonly VectorChannels[],
): VectorLengths {
  for (const vector of vectors) {
    if (vector.length === 0) throw illegalOption(who, "vectors", "at least one channel in each", "none");
    for (const channel of vector)
      if (!Number.isInteger(channel) || channel < 0 || channel >= channels)
        throw illegalOption(who, "vectors", `channels in 0..${channels - 1}`, String(channel));
  }
  const form = `float32[batch, samples, ${channels}]`;
  const layer = defineLayer("vectorLengths", (scope, x) => {
    if (vectors.length === 0) return x;
    rowDims("vectorLengths", scope, x, form, (dims) => dims.length === 2 && dims[1] === channels);
    const { g } = scope;
    const lengths = vectors.map((vector) => {
      const axes = g.op("Gather", [x, g.ints([...vector])], { axis: 2 });
      return g.op("Sqrt", [g.op("ReduceSum", [g.op("Mul", [axes, axes]), g.ints([2])], { keepdims: 1 })]);
    });
    return g.op("Concat", [x, ...lengths], { axis: 2 });
  });
  return Object.freeze({
    layer,
    of(X: Matrix) {
      if (vectors.length === 0) return X;
      const wide = channels + vectors.length;
      const samples = (X.rows * X.columns) / channels;
      const values = zerosLike(X.values, samples * wide);
      for (let at = 0; at < samples; at++) {
        for (let channel = 0; channel < channels; channel++)
          values[at * wide + channel] = X.values[at * channels + channel]!;
        for (const [place, vector] of vectors.entries())
          values[at * wide + channels + place] = Math.hypot(
            ...vector.map((channel) => X.values[at * channels + channel]!),
          );
      }
      return matrix(X.rows, (X.columns / channels) * wide, values);
    },
  });
}
