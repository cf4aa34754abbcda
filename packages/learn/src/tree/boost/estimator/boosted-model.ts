import { predictClasses } from "../../../classifier.ts";
import { matrix, type Matrix } from "../../../matrix.ts";
import { treeTable, type TreeRows } from "../../bin/table-rows.ts";
import { rawScores } from "../../model/raw-scores.ts";
import { applyLink, type TreeLink } from "../../model/tree-link.ts";
import type { TreeEnsemble } from "../../tree-ensemble.ts";
import type { Boosted } from "../boost.ts";
import type { BoostTask } from "../objective/objective.ts";
import type { BoostEnd, RoundRecord } from "../round/round-record.ts";

/** Rows to be asked about: a matrix in the order of the training columns, or columns by name. */
export type BoostAsked = Matrix | TreeRows;

/** What all fitted boosted trees have; frozen. */
export interface BoostedModel {
  readonly kind: "boostedTrees";
  readonly task: BoostTask;
  /** The objective's name. */
  readonly objective: string;
  readonly seed: number;
  /** Columns that it expects. */
  readonly features: number;
  /** Raw scores; those that training went on from are among its trees. */
  readonly ensemble: TreeEnsemble;
  /** What the scores mean. */
  readonly link: TreeLink;
  /** Rounds that are in the ensemble, those it went on from included. */
  readonly rounds: number;
  /** The round of the best validation result; 0 without any. */
  readonly best: number;
  /** What each round of this fit came to, also of those that were not kept. */
  readonly curves: readonly RoundRecord[];
  /** Why the fit ended. */
  readonly ended: BoostEnd;
  /** [N, outputs], before the link. Errors: as `predict`. */
  scores(rows: BoostAsked): Matrix;
}

/** Boosted trees that give each class a probability. */
export interface BoostedClassifier extends BoostedModel {
  readonly task: "classification";
  readonly classes: readonly string[];
  /** [N, K], float64; each row sums to 1. @throws ARGUMENT_INVALID or DATA_MALFORMED for rows of another form. */
  predictProbabilities(rows: BoostAsked): Matrix;
  /** [N], positions in `classes`; the first of equals. Errors: as `predictProbabilities`. */
  predict(rows: BoostAsked): Int32Array;
}

/** Boosted trees that give each row a number. */
export interface BoostedRegressor extends BoostedModel {
  readonly task: "regression";
  /** [N], in the unit of the labels. @throws ARGUMENT_INVALID or DATA_MALFORMED for rows of another form. */
  predict(rows: BoostAsked): Float64Array;
}

/** Boosted trees that rank. */
export interface BoostedRanker extends BoostedModel {
  readonly task: "ranking";
  /** [N]: of two rows of a group, that of the greater number comes first. Errors: as a regressor's. */
  predict(rows: BoostAsked): Float64Array;
}

/** What a fit of a task gives. */
export type BoostedOf<Task extends BoostTask> = Task extends "classification"
  ? BoostedClassifier
  : Task extends "regression"
    ? BoostedRegressor
    : BoostedRanker;

/** What a model is made of. */
export interface BoostedParts {
  readonly task: BoostTask;
  readonly objective: string;
  readonly seed: number;
  readonly classes: readonly string[] | undefined;
  readonly ensemble: TreeEnsemble;
  readonly link: TreeLink;
  /** Rounds that training went on from. */
  readonly before: number;
  readonly boosted: Omit<Boosted, "trees">;
}

/** A fitted model. A function of its own: made where training rows are in scope, it would keep them alive. */
export function boostedModel(parts: BoostedParts): BoostedClassifier | BoostedRegressor | BoostedRanker {
  const { task, objective, seed, classes, ensemble, link, before, boosted } = parts;
  const scores = (rows: BoostAsked) => {
    const asked = "values" in rows ? { X: rows } : rows;
    return rawScores(ensemble, treeTable(asked, ensemble.features));
  };
  const base = {
    kind: "boostedTrees" as const,
    objective,
    seed,
    features: ensemble.features.length,
    ensemble,
    link,
    rounds: before + boosted.rounds,
    best: boosted.best,
    curves: boosted.curves,
    ended: boosted.ended,
    scores,
  };
  if (task !== "classification") {
    const predict = (rows: BoostAsked) => Float64Array.from(applyLink(link, scores(rows)).values);
    return Object.freeze({ ...base, task, predict }) as BoostedRegressor | BoostedRanker;
  }
  const predictProbabilities = (rows: BoostAsked) => {
    const { rows: count, columns, values } = applyLink(link, scores(rows));
    return matrix(count, columns, values);
  };
  return Object.freeze<BoostedClassifier>({
    ...base,
    task,
    classes: classes!,
    predictProbabilities,
    predict: (rows) => predictClasses(predictProbabilities(rows)),
  });
}
