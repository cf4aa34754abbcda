import { tidelineError } from "@tideline/spec";
import { columnOf } from "../matrix.ts";
import type { PredictedRows } from "./class-histogram.ts";
import { countHistograms } from "./class-histogram.ts";
import { quantileEdges } from "./psi.ts";

/** Rows from which a reference is counted. */
export interface DriftReferenceRows extends PredictedRows {
  /** [F], names of the features. */
  readonly names: readonly string[];
  readonly classCount: number;
}

/**
 * What "no drift" looks like: histograms of each feature, by person and predicted class. Plain frozen data that
 * survives JSON. It holds counts only, no row and no name of a person.
 */
export interface DriftReference {
  readonly version: 1;
  /** [F] */
  readonly names: readonly string[];
  readonly classCount: number;
  /** Number of people. */
  readonly people: number;
  /** Interior edges of each feature's bins. */
  readonly edges: readonly (readonly number[])[];
  /** Bins of every histogram; the last is for missing values. */
  readonly bins: number;
  /** [people, classes] */
  readonly rows: readonly number[];
  /** [people, classes, features, bins] */
  readonly counts: readonly number[];
}

/** Bins of a feature: deciles of the pooled reference, the custom for the population stability index. */
const BINS = 10;

/**
 * Counts the reference of a drift monitor from rows that the released model has seen in training.
 *
 * @throws ARGUMENT_INVALID when lengths differ or a class is illegal; NOT_ENOUGH_DATA without rows.
 * @example
 * const reference = driftReference({ features, classes: model.predict(features), people, names, classCount: 6 });
 */
export function driftReference(source: DriftReferenceRows): DriftReference {
  const { features, names, classCount } = source;
  if (names.length !== features.columns) {
    throw tidelineError("ARGUMENT_INVALID", {
      who: "driftReference",
      field: "names",
      expected: `${features.columns} names, one for each column`,
      received: String(names.length),
    });
  }
  if (features.rows === 0) {
    throw tidelineError("NOT_ENOUGH_DATA", {
      who: "driftReference",
      field: "features",
      expected: "at least one row",
      received: "none",
    });
  }
  const edges = names.map((_, f) => quantileEdges(columnOf(features, f), BINS));
  const bins = Math.max(...edges.map((list) => list.length + 1)) + 1;
  const { keys, rows, counts } = countHistograms("driftReference", source, classCount, { edges, bins });
  return Object.freeze({
    version: 1,
    names: Object.freeze([...names]),
    classCount,
    people: keys.length,
    edges: Object.freeze(edges),
    bins,
    rows: Object.freeze([...rows]),
    counts: Object.freeze([...counts]),
  });
}
