import { accuracy, macroF1, selectLabels } from "@tideline/learn";

/** Predictions that phones made, as columns of equal length. */
export interface LivePredictions {
  /** The pseudonym under which each came. */
  readonly subject: readonly string[];
  /** The person whom it means by now: one of the person's pseudonyms. */
  readonly person: readonly string[];
  /** `train`, `corrections`, `control` or `unknown`. */
  readonly role: readonly string[];
  readonly session: readonly string[];
  readonly start: Float64Array;
  readonly release: readonly string[];
  readonly source: readonly string[];
  /** When it was made, corrected clock, milliseconds since 1970. */
  readonly time: Float64Array;
  /** Position in the model's labels. */
  readonly predicted: Int32Array;
  /** Position in the model's labels; -1 until a label is known. */
  readonly actual: Int32Array;
  /** Milliseconds from prediction to label; NaN until there is one. */
  readonly delay: Float64Array;
  /** Milliseconds that the phone took. */
  readonly latency: Float64Array;
}

/** Quality of some predictions. */
export interface LiveQuality {
  readonly predictions: number;
  readonly labelled: number;
  readonly people: number;
  /** Of the labelled ones; null before any label. */
  readonly accuracy: number | null;
  readonly macroF1: number | null;
  readonly p95Ms: number | null;
}

/** Value below which a share of sorted values lies (the smallest that covers it); null for none. */
export function percentile(values: readonly number[], share: number): number | null {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? null;
}

/** Positions of the predictions that a test holds for. */
export function selectLive(live: LivePredictions, keep: (row: number) => boolean): Int32Array {
  return Int32Array.from(live.predicted, (_, row) => row).filter(keep);
}

/** Quality over some rows: accuracy and macro F1 over the labelled ones, latency over all. */
export function liveQuality(live: LivePredictions, rows: Int32Array, classes: number): LiveQuality {
  const labelled = rows.filter((row) => live.actual[row]! >= 0);
  const actual = selectLabels(live.actual, labelled);
  const predicted = selectLabels(live.predicted, labelled);
  return {
    predictions: rows.length,
    labelled: labelled.length,
    people: new Set([...rows].map((row) => live.person[row])).size,
    accuracy: labelled.length === 0 ? null : accuracy(actual, predicted),
    macroF1: labelled.length === 0 ? null : macroF1(actual, predicted, classes),
    p95Ms: percentile(
      [...rows].map((row) => live.latency[row]!),
      0.95,
    ),
  };
}

/** Share of predictions with a known label, and the median delay of those labels in milliseconds (0 for none). */
export function labelCoverage(
  live: LivePredictions,
  rows: Int32Array,
): { readonly coverage: number; readonly medianDelay: number } {
  const delays = [...rows].filter((row) => live.actual[row]! >= 0).map((row) => live.delay[row]!);
  return {
    coverage: rows.length === 0 ? 0 : delays.length / rows.length,
    medianDelay: percentile(delays, 0.5) ?? 0,
  };
}
