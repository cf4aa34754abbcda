import { tidelineError } from "@tideline/spec";
import { edgesBelow } from "../bin-among.ts";
import { quantileOfSorted } from "../quantile.ts";

/**
 * Proportions below this count as this. An empty bin would otherwise give an infinite index; one row in a thousand
 * is also the least that a window of some hundred rows can resolve.
 */
export const PSI_FLOOR = 1e-3;

/**
 * Population stability index of two histograms over the same bins: sum of (p - q) * log(p / q) over the bins'
 * proportions, each at least {@link PSI_FLOOR}. It is the symmetrised Kullback-Leibler divergence (H. Jeffreys,
 * "An invariant form for the prior probability in estimation problems", 1946). By custom 0.1 is a small shift and
 * 0.2 a large one, which holds only for many independent rows.
 *
 * @param expected counts or proportions, scaled here to sum 1; likewise `actual`.
 * @throws ARGUMENT_INVALID when the lengths differ or a sum is not positive.
 * @example
 * psi([50, 50], [80, 20]); // 0.416
 */
export function psi(expected: ArrayLike<number>, actual: ArrayLike<number>): number {
  const totalExpected = sum(expected);
  const totalActual = sum(actual);
  if (expected.length !== actual.length || !(totalExpected > 0) || !(totalActual > 0)) {
    throw tidelineError("ARGUMENT_INVALID", {
      who: "psi",
      expected: "two histograms of the same length with positive sums",
      received: `lengths ${expected.length} and ${actual.length}, sums ${totalExpected} and ${totalActual}`,
    });
  }
  let index = 0;
  for (let b = 0; b < expected.length; b++) {
    index += psiTerm(expected[b]! / totalExpected, actual[b]! / totalActual);
  }
  return index;
}

/** One bin's part of the index, of two proportions. */
export function psiTerm(expected: number, actual: number): number {
  const q = Math.max(PSI_FLOOR, expected);
  const p = Math.max(PSI_FLOOR, actual);
  return p === q ? 0 : (p - q) * Math.log(p / q);
}

/**
 * Interior edges of bins that hold about equal shares of `values`: ascending, different, at most `bins`. Equal
 * quantiles collapse into one edge. Where the least value is itself an edge (a constant, or many zeros) one more
 * edge just below it keeps "less than ever seen" apart. Values that are not finite are left out.
 */
export function quantileEdges(values: Float64Array, bins = 10): readonly number[] {
  const sorted = values.filter((value) => Number.isFinite(value)).sort();
  if (sorted.length === 0) return Object.freeze([]);
  const edges = new Set<number>();
  for (let b = 1; b < bins; b++) edges.add(quantileOfSorted(sorted, b / bins));
  const ascending = [...edges];
  const least = sorted[0]!;
  if (ascending[0] === least) ascending.unshift(least - Math.max(Math.abs(least) * 1e-6, 1e-12));
  return Object.freeze(ascending);
}

/** The bin of a value: how many edges lie below it. NaN goes to the bin `missing`. */
export function binOf(value: number, edges: ArrayLike<number>, missing: number): number {
  return Number.isNaN(value) ? missing : edgesBelow(edges, value);
}

function sum(values: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += values[i]!;
  return total;
}
