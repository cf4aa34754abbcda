import { illegalOption, oneOf } from "../../net/check-option.ts";
import type { Groups } from "../../group.ts";
import { groupFolds, type Split } from "../../split.ts";
import { stratifiedFolds } from "../../stratified-fold.ts";
import type { Labels } from "../../transform/transform-def.ts";
import {
  IMPORTANCE_METRICS,
  type ImportanceMetric,
  type ImportanceMetricName,
} from "../../tree/insight/importance/importance-metric.ts";
import { labelsAt } from "../check-label.ts";
import { numbersOnly, tableRowsAt, type SelectTable } from "../select-table.ts";
import type { FittedSelectionModel, SelectionModel } from "./selection-model.ts";

/** How rows are held out. */
export interface FoldOptions {
  /** How many folds, or which. Default 5. Folds of classes have about as many rows of each. */
  readonly folds?: number | readonly Split[];
  /** The group (person, session) of each row, which stays on one side. Default: each row its own. */
  readonly groups?: Groups;
  /** Default 0. */
  readonly seed?: number;
}

/** The folds that options ask for. @throws as `stratifiedFolds` and `groupFolds`. */
export function foldsOf(labels: Labels, { folds = 5, groups, seed = 0 }: FoldOptions): readonly Split[] {
  if (typeof folds !== "number") return folds;
  if (labels.kind === "classes")
    return stratifiedFolds(labels.y, folds, { ...(groups === undefined ? {} : { groups }), seed });
  return groupFolds(groups ?? Int32Array.from(labels.y, (_, row) => row), folds, seed);
}

/** How many folds options ask for, as reports tell it. */
export function foldCount({ folds = 5 }: FoldOptions): number {
  return typeof folds === "number" ? folds : folds.length;
}

/** A metric as reports name it; null for the one by default. */
export function metricName(metric: ImportanceMetricName | ImportanceMetric | undefined): string | null {
  return typeof metric === "object" ? metric.name : (metric ?? null);
}

/** A metric by name; by default "accuracy" for classes and "r2" for numbers, as scikit-learn's scores. */
export function metricOf(
  who: string,
  labels: Labels,
  metric: ImportanceMetricName | ImportanceMetric | undefined,
): ImportanceMetric {
  if (metric === undefined) return IMPORTANCE_METRICS[labels.kind === "classes" ? "accuracy" : "r2"];
  return typeof metric === "string"
    ? IMPORTANCE_METRICS[oneOf(who, "metric", IMPORTANCE_METRICS, metric)]
    : metric;
}

/** A model on some rows, and what it is worth on others: larger is better, whatever the metric. */
export async function heldOutScore(
  model: SelectionModel,
  table: SelectTable,
  labels: Labels,
  { train, test }: Split,
  metric: ImportanceMetric,
): Promise<{ readonly score: number; readonly fitted: FittedSelectionModel }> {
  const fitted = await model.fit(tableRowsAt(table, train), labelsAt(labels, train));
  const predicted = await fitted.predict(tableRowsAt(table, test));
  const score = metric.of(labelsAt(labels, test).y, predicted);
  return { score: metric.better === "higher" ? score : -score, fitted };
}

/** The columns that a model can judge. */
export function readable(model: SelectionModel, table: SelectTable): SelectTable {
  return model.reads === "all" ? table : numbersOnly(table);
}

/** How much each column counts. @throws DEFINITION_ILLEGAL for a model that does not tell. */
export function importanceOf(who: string, model: SelectionModel, fitted: FittedSelectionModel): Float64Array {
  if (fitted.importance !== undefined) return fitted.importance;
  throw illegalOption(who, "model", "one that tells the importance of columns", model.kind);
}
