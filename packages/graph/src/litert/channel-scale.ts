import { groupsAlong, largestOf, largestSizes, NOTHING } from "../compress/whole-number.ts";
import type { LiteTensor } from "./lite-graph.ts";

/** What is multiplied with, before it is rounded. */
type Weights = Pick<LiteTensor, "values" | "dims">;

/** The largest size of each channel, and that of all. */
function sizesOf({ values, dims }: Weights, axis: number): readonly [sizes: Float64Array, largest: number] {
  const sizes = largestSizes(values as Float32Array, groupsAlong(dims, axis));
  return [sizes, Math.max(...sizes)];
}

/**
 * Channels whose scales differ by less than this share the largest: a matrix of a transform (spectra) has scales within a bit of
 * another, which take more bytes than they tell, and per-channel dense layers need a runtime of 2.17.
 */
export const ALIKE = 2;

/** Whether the channels of weights are so alike in size that one scale does for all, whatever the layer is given. */
export function areAlike(weights: Weights, axis: number, most = ALIKE): boolean {
  const [sizes, largest] = sizesOf(weights, axis);
  return sizes.every((size) => size * most >= largest || size <= largest * NOTHING);
}

/** So many times the least channel the largest may be: two of its eight bits go. */
export const WIDEST = 4;

/** And so many times the mean square of what rounding moves a channel's result by: half a bit goes. */
const GROWTH = 2;

/** Where a layer stands: the steps of what it is given and of its result, and the mean square of what it is given. */
export interface LayerSteps {
  readonly given: number;
  readonly result: number;
  readonly square: number;
}

/**
 * Whether the channels of a layer may share one scale: it takes sixteen bytes less a channel, and dense layers then run where
 * weights by channel do not.
 *
 * A result is moved by the rounding of what is given, of the weights and of itself. With each rounding even over its step `d`
 * (variance `d^2 / 12`) and alone (B. Widrow, I. Kollar, "Quantization noise", 2008), the square is
 * `(given^2 sum(w^2) + d^2 n square + result^2) / 12` for a channel of `n` weights, of which a shared scale makes `d` larger.
 */
export function mayShareScale(
  weights: Weights,
  axis: number,
  { given, result, square }: LayerSteps,
): boolean {
  const numbers = weights.values as Float32Array;
  const channels = groupsAlong(weights.dims, axis);
  const [sizes, largest] = sizesOf(weights, axis);
  const power = new Float64Array(channels.count);
  for (const [at, weight] of numbers.entries()) power[channels.of(at)]! += weight * weight;
  const inputs = numbers.length / channels.count;
  return sizes.every((size, channel) => {
    // Zeros are zeros in any scale.
    if (size <= largest * NOTHING) return true;
    const others = given * given * power[channel]! + result * result;
    const moved = (most: number): number => others + (most / largestOf(8)) ** 2 * inputs * square;
    return largest <= WIDEST * size && moved(largest) <= GROWTH * moved(size);
  });
}
