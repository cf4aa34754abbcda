import type { LivePrediction } from "./prediction.ts";

/** Smallest of some values that at least `share` of them do not exceed; null for none. */
export function nearestRank(values: readonly number[], share: number): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}

/** Share of the labelled predictions that are right; null where none is labelled. */
export function accuracyOf(predictions: readonly LivePrediction[]): number | null {
  const labelled = predictions.filter(({ actual }) => actual !== null);
  if (labelled.length === 0) return null;
  return labelled.filter(({ predicted, actual }) => predicted === actual).length / labelled.length;
}

/**
 * Mean over the classes that occur (in labels or answers) of F1 = 2 hits / (labelled as it + answered as it); null
 * where none is labelled.
 */
export function macroF1Of(predictions: readonly LivePrediction[]): number | null {
  const labelled = predictions.filter(({ actual }) => actual !== null);
  const classes = new Set(labelled.flatMap(({ predicted, actual }) => [predicted, actual!]));
  if (classes.size === 0) return null;
  let sum = 0;
  for (const name of classes) {
    const actual = labelled.filter((row) => row.actual === name).length;
    const answered = labelled.filter((row) => row.predicted === name).length;
    const hits = labelled.filter((row) => row.actual === name && row.predicted === name).length;
    sum += (2 * hits) / (actual + answered);
  }
  return sum / classes.size;
}

/** Number of people. */
export function peopleOf(predictions: readonly LivePrediction[]): number {
  return new Set(predictions.map(({ subject }) => subject)).size;
}
