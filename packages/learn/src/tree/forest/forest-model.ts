import { tidelineError, type TidelineError } from "@tideline/spec";
import { predictClasses, type Classifier } from "../../classifier.ts";
import { matrix, type Matrix } from "../../matrix.ts";
import { described } from "../bin/numeric-value.ts";
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
  const isMatrix = typeof rows === "object" && rows !== null && "values" in rows;
  return rawScores(ensemble, treeTable(isMatrix ? { X: rows } : rows, ensemble.features));
}

/** What {@link forestClassifier} makes a model of. */
export interface ForestClassifierParts extends Pick<
  ForestClassifier,
  "kind" | "classes" | "seed" | "ensemble"
> {
  readonly outOfBag?: OutOfBagClasses | undefined;
}

/** What {@link forestRegressor} makes a model of. */
export interface ForestRegressorParts extends Pick<ForestRegressor, "kind" | "seed" | "ensemble"> {
  readonly outOfBag?: OutOfBagNumbers | undefined;
}

const KINDS = { randomForest: true, extraTrees: true } satisfies Record<ForestKind, true>;

/**
 * Holds an ensemble to what a model of averaged trees has.
 *
 * @throws MODEL_MALFORMED
 */
export function checkAverage(who: string, { outputs, average }: TreeEnsemble, expected: number): void {
  if (!average) throw malformedModel(who, "ensemble", "an average of trees", "a sum");
  if (outputs !== expected) throw malformedModel(who, "ensemble.outputs", String(expected), String(outputs));
}

/** What is wrong with the parts of a model. */
export function malformedModel(
  who: string,
  field: string,
  expected: string,
  received: unknown,
): TidelineError {
  return tidelineError("MODEL_MALFORMED", { who, field, expected, received: described(received) });
}

function checkKind(who: string, kind: ForestKind): void {
  if (!Object.hasOwn(KINDS, kind)) throw malformedModel(who, "kind", Object.keys(KINDS).join(", "), kind);
}

/**
 * A forest of classes from its parts: the way back for an ensemble that was stored.
 *
 * @throws MODEL_MALFORMED for parts that do not go together.
 * @example
 * const stored = writeEnsemble(model.ensemble);
 * const { kind, classes, seed } = model; // kept beside it
 * forestClassifier({ kind, classes, seed, ensemble: readEnsemble(stored) });
 */
export function forestClassifier(parts: ForestClassifierParts): ForestClassifier {
  checkKind("forestClassifier", parts.kind);
  const { length } = parts.classes;
  if (length < 2) throw malformedModel("forestClassifier", "classes", "two names or more", String(length));
  checkAverage("forestClassifier", parts.ensemble, length === 2 ? 1 : length);
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

/**
 * A forest of numbers from its parts: the way back for an ensemble that was stored.
 *
 * @throws MODEL_MALFORMED for parts that do not go together.
 * @example
 * forestRegressor({ kind: "extraTrees", seed: 1, ensemble: readEnsemble(stored) });
 */
export function forestRegressor(parts: ForestRegressorParts): ForestRegressor {
  checkKind("forestRegressor", parts.kind);
  checkAverage("forestRegressor", parts.ensemble, 1);
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
