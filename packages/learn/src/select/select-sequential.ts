import { finite, oneOf, positiveInteger } from "../net/check-option.ts";
import type { Split } from "../split.ts";
import type { Labels } from "../transform/transform-def.ts";
import type { ImportanceMetric, ImportanceMetricName } from "../tree/insight/importance/importance-metric.ts";
import { checkLabels } from "./check-label.ts";
import {
  foldCount,
  foldsOf,
  heldOutScore,
  metricName,
  metricOf,
  readable,
  type FoldOptions,
} from "./model/held-out.ts";
import type { SelectionModel } from "./model/selection-model.ts";
import { selectTable, tableColumnsAt, type SelectRows, type SelectTable } from "./select-table.ts";
import { selectedOf, type Selected, type Selector } from "./selected.ts";

/** What `selectSequential` takes. */
export interface SequentialOptions extends FoldOptions {
  /** Any model; it need not tell importances. */
  readonly model: SelectionModel;
  /** From none upwards, or from all downwards. Default "forward". */
  readonly direction?: "forward" | "backward";
  /** How many columns are kept. Default half of them, as scikit-learn's; with `gain` at most all. */
  readonly keep?: number;
  /**
   * Ends where a step gains less than this on held-out rows (backward: loses more than its negative). Default: never.
   */
  readonly gain?: number;
  /** Default "accuracy" for classes, "r2" for numbers. */
  readonly metric?: ImportanceMetricName | ImportanceMetric;
}

const DIRECTIONS = { forward: true, backward: true };

/**
 * Adds the column that does most for the score on held-out rows, one after the other, or drops the one that does least:
 * scikit-learn's `SequentialFeatureSelector`. Of equal scores the first column is taken. A fit for each candidate, step and
 * fold: columns^2 times folds. The score of a column is that of the step that took or dropped it.
 *
 * The held-out scores have been searched: they flatter. Judge the outcome on rows that this has not seen.
 *
 * @throws DEFINITION_ILLEGAL for options; from `fit` what the model throws, and NOT_ENOUGH_DATA for fewer groups than folds.
 * @example
 * await selectSequential({ model: byLogistic(), keep: 5, groups: people }).fit(rows, labels);
 */
export function selectSequential(options: SequentialOptions): Selector<Promise<Selected>> {
  const who = "selectSequential";
  const { model, direction = "forward", keep, gain, seed = 0 } = options;
  oneOf(who, "direction", DIRECTIONS, direction);
  if (keep !== undefined) positiveInteger(who, "keep", keep);
  if (gain !== undefined) finite(who, "gain", gain);
  const all = Object.freeze({
    model: { kind: model.kind, ...model.options },
    direction,
    keep: keep ?? null,
    gain: gain ?? null,
    metric: metricName(options.metric),
    folds: foldCount(options),
    seed,
  });
  return Object.freeze({
    kind: who,
    options: all,
    async fit(rows: SelectRows, given?: Labels): Promise<Selected> {
      const table = readable(model, selectTable(who, rows));
      const labels = checkLabels(who, table.rows, given);
      const metric = metricOf(who, labels, options.metric);
      const folds = foldsOf(labels, options);
      const forward = direction === "forward";
      const width = table.columns.length;
      const usual = gain === undefined ? Math.max(1, width >> 1) : forward ? width : 1;
      const target = Math.min(width, keep ?? usual);
      const score = new Float64Array(width).fill(NaN);
      const rank = new Int32Array(width);
      const path: { readonly column: string; readonly score: number }[] = [];
      let inside = forward ? [] : [...score.keys()];
      let before = forward ? -Infinity : await meanScore(model, table, labels, folds, metric, inside);
      while (inside.length !== target) {
        const candidates = forward ? [...score.keys()].filter((at) => !inside.includes(at)) : inside;
        let [best, most, next] = [-1, -Infinity, inside];
        for (const at of candidates) {
          const tried = forward ? [...inside, at].sort((a, b) => a - b) : inside.filter((one) => one !== at);
          const mean = await meanScore(model, table, labels, folds, metric, tried);
          if (best < 0 || mean > most) [best, most, next] = [at, mean, tried];
        }
        if (gain !== undefined && most - before < gain && inside.length > 0) break;
        [before, inside] = [most, next];
        score[best] = most;
        rank[best] = path.length + 1;
        path.push({ column: table.columns[best]!.name, score: metric.better === "higher" ? most : -most });
      }
      const verdicts = Array.from(score, (value, at) => ({
        keep: inside.includes(at),
        score: metric.better === "higher" ? value : -value,
        reason: forward ? "never the one that did most for the score" : `dropped in step ${rank[at]}`,
      }));
      return selectedOf(who, `${metric.name} of the step on held-out rows`, all, table, verdicts, {
        metric: metric.name,
        path,
      });
    },
  });
}

async function meanScore(
  model: SelectionModel,
  table: SelectTable,
  labels: Labels,
  folds: readonly Split[],
  metric: ImportanceMetric,
  columns: readonly number[],
): Promise<number> {
  const own = tableColumnsAt(table, columns);
  let sum = 0;
  for (const split of folds) sum += (await heldOutScore(model, own, labels, split, metric)).score;
  return sum / folds.length;
}
