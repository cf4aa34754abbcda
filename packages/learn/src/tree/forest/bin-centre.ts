import type { BinnedFeature } from "../binned-table.ts";

/**
 * Where the values of each bin lie, about: in the middle of its bounds, at the two ends as far outside as the next
 * centre is inside; places where bounds lie too far apart for float64. Random thresholds are drawn between centres.
 */
export function binCentre(feature: BinnedFeature): Float64Array {
  const places = Float64Array.from({ length: feature.bins }, (_, bin) => bin);
  if (feature.kind === "categorical") return places;
  const inner = feature.upper.length - 1;
  if (inner < 1) return places;
  const out = new Float64Array(feature.bins);
  for (let bin = 1; bin < inner; bin++) out[bin] = feature.upper[bin - 1]! / 2 + feature.upper[bin]! / 2;
  const [first, last] = [feature.upper[0]!, feature.upper[inner - 1]!];
  out[0] = inner === 1 ? first - 1 : 2 * first - out[1]!;
  out[inner] = inner === 1 ? last + 1 : 2 * last - out[inner - 1]!;
  return out.every(Number.isFinite) && out[inner]! > out[0]! ? out : places;
}

/**
 * The cut between two bins that rows are in: of all in the gap that nearest to the middle between their centres, as
 * thresholds lie midway between values. Of two as near the lower.
 */
export function cutBetween(centre: Float64Array, low: number, high: number): number {
  const middle = centre[low]! / 2 + centre[high]! / 2;
  // Cuts ascend: the first that is not below the middle, or the last below it.
  let [cut, end] = [low, high - 1];
  while (cut < end) {
    const half = (cut + end) >> 1;
    if (placeOf(centre, half) < middle) cut = half + 1;
    else end = half;
  }
  if (cut > low && middle - placeOf(centre, cut - 1) <= Math.abs(placeOf(centre, cut) - middle)) cut--;
  return cut;
}

/** Where the cut behind a bin lies. */
function placeOf(centre: Float64Array, bin: number): number {
  return centre[bin]! / 2 + centre[bin + 1]! / 2;
}
