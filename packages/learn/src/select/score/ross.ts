import { sortValues } from "../../tree/bin/sort-value.ts";

/** Classes, as their rows are found. */
export interface ClassRows {
  /** [N], places of classes. */
  readonly y: Int32Array;
  /** Rows of each class. */
  readonly counts: Int32Array;
}

/** Counts the rows of classes. */
export function classRows(y: Int32Array, classes: number): ClassRows {
  const counts = new Int32Array(classes);
  for (let row = 0; row < y.length; row++) counts[y[row]!]!++;
  return { y, counts };
}

/**
 * The mutual information of a column of numbers and classes in nats, by nearest neighbours: B. Ross, "Mutual Information
 * between Discrete and Continuous Data Sets", PLoS ONE 9(2), 2014, as scikit-learn computes it; never below 0. For each
 * value the distance to its k-th neighbour within its class is held against how many values of all classes are nearer.
 *
 * Each class is sorted once. In one dimension the k nearest stand in a window of the order, and both ends of "nearer"
 * only move forward from a value to the next one of its class: what is left is linear. (Of a class with at most 2 k rows
 * scikit-learn computes distances by squares, which rounds them; its answer then differs in the third digit.)
 *
 * @param x [N], finite, ties broken (see `separated`). @param digamma of the integers up to N.
 */
export function ross(
  x: Float64Array,
  { y, counts }: ClassRows,
  neighbours: number,
  digamma: Float64Array,
): number {
  const sorted = sortedClasses(x, y, counts);
  const all = merged(sorted);
  if (all.length === 0) return 0;
  let sum = 0;
  for (const own of sorted) {
    const k = Math.min(neighbours, own.length - 1);
    sum += own.length * (digamma[k]! - digamma[own.length]!) - nearer(own, all, k, digamma);
  }
  return Math.max(0, digamma[all.length]! + sum / all.length);
}

/** The values of each class in order; classes with a single row tell nothing and are left out. */
function sortedClasses(x: Float64Array, y: Int32Array, counts: Int32Array): readonly Float64Array[] {
  const own = Array.from(counts, (count) => (count > 1 ? new Float64Array(count) : undefined));
  const ends = new Int32Array(counts.length);
  for (let row = 0; row < x.length; row++) {
    const label = y[row]!;
    const values = own[label];
    if (values !== undefined) values[ends[label]!++] = x[row]!;
  }
  return own.filter((values) => values !== undefined).map((values) => sortValues(values));
}

/** One order of several, merged in pairs. */
function merged(parts: readonly Float64Array[]): Float64Array {
  let left = parts;
  while (left.length > 1) {
    const next: Float64Array[] = [];
    for (let at = 0; at < left.length; at += 2)
      next.push(at + 1 < left.length ? mergedPair(left[at]!, left[at + 1]!) : left[at]!);
    left = next;
  }
  return left[0] ?? new Float64Array(0);
}

function mergedPair(one: Float64Array, other: Float64Array): Float64Array {
  const out = new Float64Array(one.length + other.length);
  let [a, b] = [0, 0];
  for (let at = 0; at < out.length; at++) {
    if (b === other.length || (a < one.length && one[a]! <= other[b]!)) out[at] = one[a++]!;
    else out[at] = other[b++]!;
  }
  return out;
}

/** The sum of the digammas of how many of `all` are nearer to each of `own` than its k-th neighbour there. */
function nearer(own: Float64Array, all: Float64Array, k: number, digamma: Float64Array): number {
  const last = own.length - 1;
  let [low, high, sum] = [0, 0, 0];
  for (let at = 0; at <= last; at++) {
    const value = own[at]!;
    // The k nearest and the value itself are k + 1 in a row: the tightest such window that holds it.
    let radius = Infinity;
    for (let from = Math.max(0, at - k); from <= at && from + k <= last; from++) {
      const reach = Math.max(value - own[from]!, own[from + k]! - value);
      if (reach < radius) radius = reach;
    }
    if (radius > 0) {
      while (value - all[low]! >= radius) low++;
      while (high < all.length && all[high]! - value < radius) high++;
    } else {
      // Ties that were not broken: all that are equal.
      while (all[low]! < value) low++;
      while (high < all.length && all[high]! <= value) high++;
    }
    sum += digamma[high - low]!;
  }
  return sum;
}
