import { extentOf } from "../statistics/extent.ts";
import { between } from "../statistics/select-nth.ts";

/** How bins are cut. */
export type BinStrategy = "uniform" | "quantile" | "kmeans";

/** How a quantile lies between two numbers: the mean of the two where it falls on a step, or in proportion. */
export type QuantileMethod = "averaged_inverted_cdf" | "linear";

/** Edges closer to one another than this are one, as in scikit-learn. */
const NARROW = 1e-8;

/**
 * The edges of bins of sorted numbers, from the least to the largest; two infinite ones where all numbers are equal. Fewer where bins
 * would be too narrow.
 *
 * @param sorted ascending; at least one.
 */
export function binEdges(
  sorted: Float64Array,
  bins: number,
  strategy: BinStrategy,
  method: QuantileMethod,
): Float64Array {
  const extent = extentOf();
  extent.add({ values: sorted, start: 0, stride: 1 }, sorted.length);
  const { min, max } = extent;
  if (min === max) return Float64Array.of(-Infinity, Infinity);
  if (strategy === "uniform") return evenly(min, max, bins);
  const edges =
    strategy === "quantile"
      ? Float64Array.from({ length: bins + 1 }, (_, at) => quantileAt(sorted, at / bins, method))
      : clusterEdges(sorted, min, max, bins);
  const wide = edges.filter((edge, at) => at === 0 || edge - edges[at - 1]! > NARROW);
  return wide.length > 1 ? wide : Float64Array.of(-Infinity, Infinity);
}

function evenly(min: number, max: number, bins: number): Float64Array {
  const step = (max - min) / bins;
  return Float64Array.from({ length: bins + 1 }, (_, at) => (at === bins ? max : min + at * step));
}

function quantileAt(sorted: Float64Array, share: number, method: QuantileMethod): number {
  const count = sorted.length;
  if (method === "linear") {
    const position = share * (count - 1);
    const below = Math.floor(position);
    return between(sorted[below]!, sorted[Math.min(below + 1, count - 1)]!, position - below);
  }
  // The step of the distribution function; on its corner the mean of both sides.
  const place = share * count;
  const near = Math.round(place);
  const whole = Math.abs(place - near) < 1e-9 * Math.max(1, place);
  const at = (index: number): number => sorted[Math.max(0, Math.min(count - 1, index))]!;
  return whole ? (at(near - 1) + at(near)) / 2 : at(Math.ceil(place) - 1);
}

/**
 * Edges half way between the centres of clusters (S. P. Lloyd, "Least squares quantization in PCM", 1982) that begin in the middle of
 * even bins. Numbers are sorted, so that a cluster is a range and its mean a difference of sums.
 */
function clusterEdges(sorted: Float64Array, min: number, max: number, bins: number): Float64Array {
  const even = evenly(min, max, bins);
  let centres = Float64Array.from({ length: bins }, (_, at) => (even[at]! + even[at + 1]!) / 2);
  const sums = new Float64Array(sorted.length + 1);
  const middle = (min + max) / 2;
  let squares = 0;
  for (const [at, value] of sorted.entries()) {
    sums[at + 1] = sums[at]! + (value - middle);
    squares += (value - middle) ** 2;
  }
  const mean = sums.at(-1)! / sorted.length;
  const tolerance = 1e-4 * (squares / sorted.length - mean * mean);
  let cuts: readonly number[] = [];
  for (let round = 0; round < 300; round++) {
    const now = [
      0,
      ...centres.slice(1).map((centre, at) => firstAbove(sorted, (centre + centres[at]!) / 2)),
      sorted.length,
    ];
    const next = centres.map((centre, at) => {
      const count = now[at + 1]! - now[at]!;
      // A cluster that lost all its numbers stays where it was.
      return count > 0 ? middle + (sums[now[at + 1]!]! - sums[now[at]!]!) / count : centre;
    });
    const moved = next.reduce((sum, centre, at) => sum + (centre - centres[at]!) ** 2, 0);
    const settled = now.every((cut, at) => cut === cuts[at]);
    centres = next.sort();
    cuts = now;
    if (settled || moved <= tolerance) break;
  }
  const inner = centres.slice(1).map((centre, at) => (centre + centres[at]!) / 2);
  return Float64Array.of(min, ...inner, max);
}

/** The place of the first number above a bound. */
function firstAbove(sorted: Float64Array, bound: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! > bound) high = middle;
    else low = middle + 1;
  }
  return low;
}
