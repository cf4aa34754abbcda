import type { BinnedTable } from "../binned-table.ts";
import type { QuantisedDerivatives } from "./quantise.ts";

/**
 * Sums of derivatives by bin, of all features one after the other: the gradient of a bin at `2 * (first + bin)`, its
 * hessian right after.
 */
export type Histogram = Int32Array;

/** Where each feature's bins begin in a histogram, and the number of all bins last. [features + 1] */
export function firstBins(table: BinnedTable): Int32Array {
  const first = new Int32Array(table.features.length + 1);
  table.features.forEach((feature, f) => {
    first[f + 1] = first[f]! + feature.bins;
  });
  return first;
}

/** Adds up the derivatives of rows by the bins of the features that are wanted. */
export function buildHistogram(
  histogram: Histogram,
  table: BinnedTable,
  first: Int32Array,
  rows: Int32Array,
  derivatives: QuantisedDerivatives,
  wanted: Uint8Array | undefined,
): void {
  const { gradient, hessian } = derivatives;
  for (let f = 0; f < table.features.length; f++) {
    if (wanted !== undefined && wanted[f] === 0) continue;
    const base = 2 * first[f]!;
    histogram.fill(0, base, 2 * first[f + 1]!);
    addFeature(histogram, base, table.bins[f]!, rows, gradient, hessian);
  }
}

function addFeature(
  histogram: Histogram,
  base: number,
  bins: Uint8Array,
  rows: Int32Array,
  gradient: Int16Array,
  hessian: Uint16Array,
): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    const at = base + 2 * bins[row]!;
    histogram[at]! += gradient[row]!;
    histogram[at + 1]! += hessian[row]!;
  }
}

/** Takes the sums of one histogram from those of another. */
export function subtractHistogram(from: Histogram, other: Histogram): void {
  for (let i = 0; i < from.length; i++) from[i]! -= other[i]!;
}

/** The gradients and hessians of `bins` bins from the `first` on. */
export function sumsByBin(
  histogram: Histogram,
  first: number,
  bins: number,
): { readonly gradient: Float64Array; readonly hessian: Float64Array } {
  const gradient = new Float64Array(bins);
  const hessian = new Float64Array(bins);
  for (let bin = 0; bin < bins; bin++) {
    gradient[bin] = histogram[2 * (first + bin)]!;
    hessian[bin] = histogram[2 * (first + bin) + 1]!;
  }
  return { gradient, hessian };
}
