import type { Random } from "../random.ts";
import { poisson } from "./poisson.ts";
import { psiTerm } from "./psi.ts";

/** The reference's histograms as typed arrays; see `DriftReference`. */
export interface ReferenceCounts {
  readonly people: number;
  readonly classCount: number;
  readonly features: number;
  readonly bins: number;
  /** [people, classes] */
  readonly rows: Float64Array;
  /** [people, classes, features, bins] */
  readonly counts: Float64Array;
}

/** The rows of each reporting person in each class: [k, classes]. */
export type ReportingRows = readonly Float64Array[];

/**
 * The reference seen with another class mix: a histogram of each feature, `[features, bins]`, in which each class has
 * `mix[class]` rows spread as the people weighted by `multiplicity` spread theirs. A class that those people never
 * showed is taken from `fallback` (by class, `[classes, features, bins]`, proportions).
 */
export function mixedHistogram(
  reference: ReferenceCounts,
  multiplicity: Float64Array,
  mix: Float64Array,
  fallback: Float64Array,
): Float64Array {
  const { people, classCount, rows } = reference;
  const factors = new Float64Array(people * classCount);
  const missing = new Float64Array(classCount);
  for (let c = 0; c < classCount; c++) {
    let total = 0;
    for (let p = 0; p < people; p++) total += multiplicity[p]! * rows[p * classCount + c]!;
    if (total === 0) missing[c] = mix[c]!;
    else for (let p = 0; p < people; p++) factors[p * classCount + c] = (mix[c]! * multiplicity[p]!) / total;
  }
  return accumulate(reference, factors, missing, fallback);
}

/** Each class's pooled proportions, `[classes, features, bins]`; for a class nobody showed, those of all rows. */
export function pooledByClass(reference: ReferenceCounts): Float64Array {
  const { people, classCount, features, bins, rows, counts } = reference;
  const cell = features * bins;
  const pooled = new Float64Array(classCount * cell);
  const totals = new Float64Array(classCount);
  const all = new Float64Array(cell);
  let allRows = 0;
  for (let p = 0; p < people; p++) {
    for (let c = 0; c < classCount; c++) {
      const slot = p * classCount + c;
      totals[c]! += rows[slot]!;
      allRows += rows[slot]!;
      for (let b = 0; b < cell; b++) {
        pooled[c * cell + b]! += counts[slot * cell + b]!;
        all[b]! += counts[slot * cell + b]!;
      }
    }
  }
  for (let c = 0; c < classCount; c++) {
    for (let b = 0; b < cell; b++) {
      pooled[c * cell + b] = totals[c] === 0 ? all[b]! / allRows : pooled[c * cell + b]! / totals[c]!;
    }
  }
  return pooled;
}

/**
 * One draw of the null distribution: the index of every feature if each reporting person were a random reference
 * person. A two-sample bootstrap over people: the reference's people are redrawn too, since they are a sample as
 * well; each reporting person keeps the number of rows of each class; the counts are redrawn (Poisson), so that a
 * small window is as noisy as it is.
 */
export function nullDraw(
  reference: ReferenceCounts,
  reporting: ReportingRows,
  mix: Float64Array,
  pooled: Float64Array,
  random: Random,
): Float64Array {
  const { people, classCount, features, bins, rows } = reference;
  const multiplicity = new Float64Array(people);
  for (let p = 0; p < people; p++) multiplicity[random.integer(people)]!++;
  const expected = mixedHistogram(reference, multiplicity, mix, pooled);

  const factors = new Float64Array(people * classCount);
  const missing = new Float64Array(classCount);
  for (const own of reporting) {
    const p = random.integer(people);
    for (let c = 0; c < classCount; c++) {
      const slot = p * classCount + c;
      if (rows[slot] === 0) missing[c]! += own[c]!;
      else factors[slot]! += own[c]! / rows[slot]!;
    }
  }
  const actual = accumulate(reference, factors, missing, pooled);
  for (let b = 0; b < actual.length; b++) actual[b] = poisson(random, actual[b]!);
  return psiByFeature(expected, actual, features, bins);
}

/** The index of each feature between two `[features, bins]` histograms of counts. */
export function psiByFeature(
  expected: Float64Array,
  actual: Float64Array,
  features: number,
  bins: number,
): Float64Array {
  const out = new Float64Array(features);
  for (let f = 0; f < features; f++) {
    let totalExpected = 0;
    let totalActual = 0;
    for (let b = f * bins; b < (f + 1) * bins; b++) {
      totalExpected += expected[b]!;
      totalActual += actual[b]!;
    }
    // A Poisson draw may leave a tiny window empty: then nothing was seen and nothing differs.
    if (totalExpected === 0 || totalActual === 0) continue;
    for (let b = f * bins; b < (f + 1) * bins; b++) {
      out[f]! += psiTerm(expected[b]! / totalExpected, actual[b]! / totalActual);
    }
  }
  return out;
}

function accumulate(
  reference: ReferenceCounts,
  factors: Float64Array,
  missing: Float64Array,
  fallback: Float64Array,
): Float64Array {
  const cell = reference.features * reference.bins;
  const out = new Float64Array(cell);
  for (let slot = 0; slot < factors.length; slot++)
    addScaled(out, factors[slot]!, reference.counts, slot * cell);
  for (let c = 0; c < missing.length; c++) addScaled(out, missing[c]!, fallback, c * cell);
  return out;
}

function addScaled(target: Float64Array, factor: number, source: Float64Array, offset: number): void {
  if (factor === 0) return;
  for (let i = 0; i < target.length; i++) target[i]! += factor * source[offset + i]!;
}
