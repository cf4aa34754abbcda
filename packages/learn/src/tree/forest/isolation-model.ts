import type { GraphBuilder, Value } from "@tideline/graph";
import type { Matrix } from "../../matrix.ts";
import type { TreeRows } from "../bin/table-rows.ts";
import { lowerEnsemble } from "../model/lower-ensemble.ts";
import type { TreeEnsemble } from "../tree-ensemble.ts";
import { checkAverage, malformedModel, scoresOf } from "./forest-model.ts";
import { averagePathLength } from "./path-length.ts";

/** A fitted isolation forest; frozen. */
export interface IsolationModel {
  readonly kind: "isolationForest";
  /** What `predict` gives positions in. */
  readonly classes: readonly ["normal", "anomalous"];
  /** Columns that it expects. */
  readonly features: number;
  readonly seed: number;
  /** Rows that each tree was grown on. */
  readonly sample: number;
  /** Path lengths, averaged over trees. */
  readonly ensemble: TreeEnsemble;
  /** Scores above this are anomalous. */
  readonly threshold: number;
  /**
   * The paper's anomaly score `2^(-E[path length] / c(sample))`, [N], in (0, 1): near 1 for what is isolated at once, well below
   * 0.5 for what is normal. scikit-learn's `score_samples` is its negative.
   *
   * @throws what `treeTable` throws about rows that lack a column of the model.
   */
  scores(rows: Matrix | TreeRows): Float64Array;
  /** `threshold - scores`, [N]: below 0 for what is anomalous; scikit-learn's `decision_function`. */
  decisions(rows: Matrix | TreeRows): Float64Array;
  /** [N], 1 for what is anomalous, 0 for what is normal (scikit-learn says -1 and 1). */
  predict(rows: Matrix | TreeRows): Int32Array;
}

/** What {@link isolationModel} makes a model of. */
export type IsolationParts = Pick<IsolationModel, "seed" | "sample" | "ensemble" | "threshold">;

/**
 * An isolation forest from its parts: the way back for an ensemble that was stored.
 *
 * @throws MODEL_MALFORMED for parts that do not go together.
 * @example
 * const { seed, sample, threshold } = model; // kept beside writeEnsemble(model.ensemble)
 * isolationModel({ seed, sample, threshold, ensemble: readEnsemble(stored) });
 */
export function isolationModel(parts: IsolationParts): IsolationModel {
  const { seed, sample, ensemble, threshold } = parts;
  checkAverage("isolationModel", ensemble, 1);
  if (!Number.isSafeInteger(sample) || sample < 1)
    throw malformedModel("isolationModel", "sample", "an integer of at least 1", sample);
  if (!Number.isFinite(threshold)) throw malformedModel("isolationModel", "threshold", "a number", threshold);
  const scores = (rows: Matrix | TreeRows) => anomalyScores(ensemble, sample, rows);
  return Object.freeze({
    kind: "isolationForest" as const,
    classes: Object.freeze(["normal", "anomalous"] as const),
    features: ensemble.features.length,
    seed,
    sample,
    ensemble,
    threshold,
    scores,
    decisions: (rows: Matrix | TreeRows) => scores(rows).map((score) => threshold - score),
    predict: (rows: Matrix | TreeRows) =>
      Int32Array.from(scores(rows), (score) => (score > threshold ? 1 : 0)),
  });
}

/** Of one row, nothing can be isolated: every score is 0.5, as the limit of equal paths is. */
function measure(sample: number): number {
  return averagePathLength(sample);
}

/** The paper's score of each row. */
export function anomalyScores(ensemble: TreeEnsemble, sample: number, rows: Matrix | TreeRows): Float64Array {
  const all = measure(sample);
  return Float64Array.from(scoresOf(ensemble, rows).values, (path) => (all > 0 ? 2 ** (-path / all) : 0.5));
}

/**
 * Adds a fitted isolation forest to a graph: its path lengths as one TreeEnsembleRegressor, and the formula.
 *
 * @param x float32, [N, F], in the order of `model.ensemble.features`; categories as their codes
 * @returns the scores, float32, [N, 1]; anomalous above `model.threshold`
 * @throws as `lowerEnsemble`.
 * @example
 * const g = graphBuilder("odd-windows");
 * const x = g.input("features", "float32", ["N", model.features]);
 * g.output("scores", lowerIsolation(g, x, model));
 */
export function lowerIsolation(g: GraphBuilder, x: Value, model: IsolationModel): Value {
  const path = lowerEnsemble(g, x, model.ensemble);
  const all = measure(model.sample);
  const factor = g.constant(Float32Array.of(all > 0 ? -Math.LN2 / all : 0));
  const score = g.op("Exp", [g.op("Mul", [path, factor])]);
  return all > 0 ? score : g.op("Mul", [score, g.constant(Float32Array.of(0.5))]);
}
