import type { BinnedFeature } from "../binned-table.ts";
import type { TreeCategory } from "../tree-ensemble.ts";

type CategoricalFeature = Extract<BinnedFeature, { kind: "categorical" }>;

/** Categories that get a bin of their own, at most: with that of all others every code and the kernels' byte agree. */
const MOST_BINS = 254;

/** Adds up how often each code occurs; what lies outside the list is not counted. */
export function countCodes(codes: Int32Array, counts: Float64Array): void {
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row]!;
    if (code >= 0 && code < counts.length) counts[code]!++;
  }
}

/**
 * Bins of categories: the most frequent first (of equals the smaller code), each alone in its bin. The last bin holds
 * what is missing or unknown and what is rare: less than `minRows` rows, or behind the first 254.
 *
 * LightGBM leaves out the rarest 1 % of rows as well where there are more categories than bins; all that fit stay here.
 */
export function categoryBins(
  name: string,
  categories: readonly TreeCategory[],
  counts: Float64Array,
  minRows: number,
): CategoricalFeature {
  const codes = Int32Array.from(
    [...counts.keys()]
      .filter((code) => counts[code]! >= minRows)
      .sort((left, right) => counts[right]! - counts[left]!)
      .slice(0, MOST_BINS),
  );
  return Object.freeze({ kind: "categorical", name, categories, codes, bins: codes.length + 1 });
}

/** The bin of each code; `of` is what a column's own codes are in the feature's list. */
export function binOfCode(feature: CategoricalFeature, of: Int32Array): Uint8Array {
  const bins = new Uint8Array(feature.categories.length).fill(feature.codes.length);
  for (const [bin, code] of feature.codes.entries()) bins[code] = bin;
  return Uint8Array.from(of, (code) => bins[code] ?? feature.codes.length);
}

/** Writes the bin of each code; those outside the list go with the missing ones. */
export function codeCategories(codes: Int32Array, bins: Uint8Array, other: number, into: Uint8Array): void {
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row]!;
    into[row] = code >= 0 && code < bins.length ? bins[code]! : other;
  }
}
