import { preserveSum } from "./preserve-sum.ts";

/** Class probabilities of rows: [rows, classes], row-major. */
export type Probabilities = Float64Array | Float32Array;

/** Probabilities this near a threshold reach it. */
const NEAR = 1e-6;

/** The least threshold: `NEAR` below it is still above 0. */
const LOWEST = 2e-6;

/**
 * The mean probability that rows of a class are given for it: what a model must say at least to be confident. Infinity for
 * a class that no row has.
 */
export function confidentThresholds(
  y: Int32Array,
  probabilities: Probabilities,
  classes: number,
): Float64Array {
  const sums = new Float64Array(classes);
  const counts = new Float64Array(classes);
  for (let row = 0; row < y.length; row++) {
    const given = y[row]!;
    sums[given]! += probabilities[row * classes + given]!;
    counts[given]!++;
  }
  return sums.map((sum, at) => (counts[at] === 0 ? Infinity : Math.max(LOWEST, sum / counts[at]!)));
}

/** The most probable class of a row; `bonus` is added to one of them before. */
export function likeliest(
  probabilities: Probabilities,
  start: number,
  classes: number,
  given = -1,
  bonus = 0,
): number {
  let best = 0;
  let most = -Infinity;
  for (let at = 0; at < classes; at++) {
    const value = probabilities[start + at]! + (at === given ? bonus : 0);
    if (value > most) [best, most] = [at, value];
  }
  return best;
}

/** What confident rows say of labels. */
export interface ConfidentCounts {
  /** [classes, classes], rows of a given class (first axis) that a model is confident belong to another (second). */
  readonly joint: Float64Array;
  /** [rows], the class that a model is confident of; -1 where it is of none. */
  readonly guess: Int32Array;
}

/**
 * Counts rows by their given class and the one that a model is confident of: the class whose threshold is reached, of
 * several the most probable. Every class has at least one row on the diagonal.
 */
export function confidentCounts(
  y: Int32Array,
  probabilities: Probabilities,
  thresholds: Float64Array,
): ConfidentCounts {
  const classes = thresholds.length;
  const joint = new Float64Array(classes * classes);
  const guess = new Int32Array(y.length).fill(-1);
  for (let row = 0; row < y.length; row++) {
    const start = row * classes;
    let [reached, only] = [0, -1];
    for (let at = 0; at < classes; at++)
      if (probabilities[start + at]! >= thresholds[at]! - NEAR) {
        reached++;
        only = at;
      }
    if (reached === 0) continue;
    guess[row] = reached === 1 ? only : likeliest(probabilities, start, classes);
    joint[y[row]! * classes + guess[row]!]!++;
  }
  for (let at = 0; at < classes; at++) joint[at * classes + at] = Math.max(1, joint[at * classes + at]!);
  return { joint, guess };
}

/** The joint scaled so that each given class has as many rows as it has labels: whole numbers, [classes, classes]. */
export function calibrated(joint: Float64Array, y: Int32Array, classes: number): Float64Array {
  const labels = new Float64Array(classes);
  for (const given of y) labels[given]!++;
  const out = new Float64Array(joint.length);
  for (let given = 0; given < classes; given++) {
    const row = joint.subarray(given * classes, (given + 1) * classes);
    const sum = row.reduce((total, each) => total + each, 0);
    out.set(preserveSum(row.map((each) => (each / sum) * labels[given]!)), given * classes);
  }
  return out;
}
