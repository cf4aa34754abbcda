import { predictClasses, type Classifier } from "../../classifier.ts";
import { matrix, type Matrix } from "../../matrix.ts";
import { treeTable, type TreeRows } from "../bin/table-rows.ts";
import { rawScores } from "../model/raw-scores.ts";
import type { TreeEnsemble } from "../tree-ensemble.ts";
import { bothClasses, type OutOfBagClasses, type OutOfBagNumbers } from "./out-of-bag.ts";

/** Which forest it is. */
export type ForestKind = "randomForest" | "extraTrees";

/** A fitted forest of classes; frozen. */
export interface ForestClassifier extends Classifier {
  readonly kind: ForestKind;
  readonly classes: readonly string[];
  /** Columns that it expects. */
  readonly features: number;
  readonly seed: number;
  /** Leaves hold the shares of the classes, of two classes that of the second; averaged over trees. */
  readonly ensemble: TreeEnsemble;
  /** Unless trees drew all rows, or nobody asked. */
  readonly outOfBag?: OutOfBagClasses;
  /**
   * [N, K]; each row sums to 1: the mean of what the leaves of all trees say.
   *
   * @throws what `treeTable` throws about rows that lack a column of the model.
   */
  predictProbabilities(rows: Matrix | TreeRows): Matrix;
  /** [N], positions in `classes`; the first of equals. Errors: as `predictProbabilities`. */
  predict(rows: Matrix | TreeRows): Int32Array;
}

/** A fitted forest of numbers; frozen. */
export interface ForestRegressor {
  readonly kind: ForestKind;
  /** Columns that it expects. */
  readonly features: number;
  readonly seed: number;
  /** Leaves hold means, averaged over trees. */
  readonly ensemble: TreeEnsemble;
  /** Unless trees drew all rows, or nobody asked. */
  readonly outOfBag?: OutOfBagNumbers;
  /** [N]. Errors: what `treeTable` throws about rows that lack a column of the model. */
  predict(rows: Matrix | TreeRows): Float64Array;
}

/** The raw scores of an ensemble about rows in any of the forms that users have. */
export function scoresOf(ensemble: TreeEnsemble, rows: Matrix | TreeRows): Matrix {
  const given: TreeRows = "values" in rows ? { X: rows } : rows;
  return rawScores(ensemble, treeTable(given, ensemble.features));
}

/** A forest of classes from its ensemble. */
export function forestClassifier(
  parts: Pick<ForestClassifier, "kind" | "classes" | "seed" | "ensemble"> & {
    readonly outOfBag: OutOfBagClasses | undefined;
  },
): ForestClassifier {
  const { kind, seed, ensemble, outOfBag } = parts;
  const predictProbabilities = (rows: Matrix | TreeRows): Matrix => {
    const scores = scoresOf(ensemble, rows);
    if (ensemble.outputs > 1) return scores;
    return matrix(scores.rows, 2, bothClasses(Float64Array.from(scores.values)));
  };
  return Object.freeze({
    kind,
    classes: Object.freeze([...parts.classes]),
    features: ensemble.features.length,
    seed,
    ensemble,
    ...(outOfBag === undefined ? {} : { outOfBag }),
    predictProbabilities,
    predict: (rows: Matrix | TreeRows) => predictClasses(predictProbabilities(rows)),
  });
}

/** A forest of numbers from its ensemble. */
export function forestRegressor(
  parts: Pick<ForestRegressor, "kind" | "seed" | "ensemble"> & {
    readonly outOfBag: OutOfBagNumbers | undefined;
  },
): ForestRegressor {
  const { kind, seed, ensemble, outOfBag } = parts;
  return Object.freeze({
    kind,
    features: ensemble.features.length,
    seed,
    ensemble,
    ...(outOfBag === undefined ? {} : { outOfBag }),
    predict: (rows: Matrix | TreeRows) => Float64Array.from(scoresOf(ensemble, rows).values),
  });
}
