import { positive, positiveInteger } from "../net/check-option.ts";
import type { Labels } from "../transform/transform-def.ts";
import type { ImportanceMetric, ImportanceMetricName } from "../tree/insight/importance/importance-metric.ts";
import { checkLabels, labelsAt } from "./check-label.ts";
import { eliminate, stepOf } from "./eliminate.ts";
import { foldCount, foldsOf, metricName, metricOf, readable, type FoldOptions } from "./model/held-out.ts";
import { meanError } from "./model/mean-error.ts";
import type { SelectionModel } from "./model/selection-model.ts";
import {
  selectTable,
  tableColumnsAt,
  tableRowsAt,
  type SelectRows,
  type SelectTable,
} from "./select-table.ts";
import { selectedOf, type Selected, type Selector } from "./selected.ts";

/** What `selectRfe` takes. */
export interface RfeOptions {
  /** A model that tells importances. */
  readonly model: SelectionModel;
  /** How many columns are kept. Default half of them, as scikit-learn's. */
  readonly keep?: number;
  /** How many columns a step drops; below 1 a share of all. Default 1. */
  readonly step?: number;
}

/** What `selectRfecv` takes. */
export interface RfecvOptions extends FoldOptions, Omit<RfeOptions, "keep"> {
  /** Columns at least. Default 1. */
  readonly least?: number;
  /** Default "accuracy" for classes, "r2" for numbers. */
  readonly metric?: ImportanceMetricName | ImportanceMetric;
  /** Keeps the fewest columns whose score is within one standard error of the best. Default false, as scikit-learn's. */
  readonly oneError?: boolean;
}

/**
 * Recursive elimination: scikit-learn's `RFE`. The score is the importance in the last model that had the column.
 *
 * @throws DEFINITION_ILLEGAL for options and a model without importances; from `fit` what the model throws.
 * @example
 * const { report } = await selectRfe({ model: byLogistic(), keep: 10 }).fit(rows, labels);
 * report.scores[0]?.rank; // 1 is kept
 */
export function selectRfe(options: RfeOptions): Selector<Promise<Selected>> {
  const who = "selectRfe";
  const { model, keep, step = 1 } = options;
  positive(who, "step", step);
  if (keep !== undefined) positiveInteger(who, "keep", keep);
  const all = Object.freeze({ model: { kind: model.kind, ...model.options }, keep: keep ?? null, step });
  return Object.freeze({
    kind: who,
    options: all,
    async fit(rows: SelectRows, given?: Labels): Promise<Selected> {
      const table = readable(model, selectTable(who, rows));
      const labels = checkLabels(who, table.rows, given);
      return eliminated(
        who,
        all,
        model,
        table,
        labels,
        keep ?? Math.max(1, table.columns.length >> 1),
        step,
        {},
      );
    },
  });
}

/**
 * Recursive elimination to the number of columns that does best on held-out rows: scikit-learn's `RFECV`. Each fold eliminates
 * on its own training rows; of equal scores the fewest columns win. Folds keep groups together.
 *
 * @throws as {@link selectRfe}, and NOT_ENOUGH_DATA for fewer groups than folds.
 * @example
 * const { report } = await selectRfecv({ model: byLogistic(), groups: people }).fit(rows, labels);
 * report.details["path"]; // [{ columns, mean, error, folds }, ...]
 */
export function selectRfecv(options: RfecvOptions): Selector<Promise<Selected>> {
  const who = "selectRfecv";
  const { model, least = 1, step = 1, oneError = false, seed = 0 } = options;
  positive(who, "step", step);
  positiveInteger(who, "least", least);
  const model_ = { kind: model.kind, ...model.options };
  const all = Object.freeze({
    model: model_,
    least,
    step,
    folds: foldCount(options),
    metric: metricName(options.metric),
    oneError,
    seed,
  });
  return Object.freeze({
    kind: who,
    options: all,
    async fit(rows: SelectRows, given?: Labels): Promise<Selected> {
      const table = readable(model, selectTable(who, rows));
      const labels = checkLabels(who, table.rows, given);
      const metric = metricOf(who, labels, options.metric);
      const scores = new Map<number, number[]>();
      for (const { train, test } of foldsOf(labels, options)) {
        const held = tableRowsAt(table, test);
        const truth = labelsAt(labels, test).y;
        const limits = { keep: least, step: stepOf(step, table.columns.length) };
        await eliminate(
          who,
          model,
          tableRowsAt(table, train),
          labelsAt(labels, train),
          limits,
          async (state) => {
            const predicted = await state.fitted.predict(tableColumnsAt(held, state.left));
            const own = scores.get(state.left.length) ?? [];
            own.push(metric.of(truth, predicted));
            scores.set(state.left.length, own);
          },
        );
      }
      const path = [...scores.entries()]
        .map(([columns, own]) => ({ columns, ...meanError(own), folds: own }))
        .sort((a, b) => a.columns - b.columns);
      const sign = metric.better === "higher" ? 1 : -1;
      const best = path.reduce((so, one) => (sign * one.mean > sign * so.mean ? one : so));
      const bar = sign * best.mean - (oneError ? best.error : 0);
      const { columns } = path.find(({ mean }) => sign * mean >= bar)!;
      return eliminated(who, all, model, table, labels, columns, step, { metric: metric.name, path });
    },
  });
}

async function eliminated(
  who: string,
  options: Readonly<Record<string, unknown>>,
  model: SelectionModel,
  table: SelectTable,
  labels: Labels,
  keep: number,
  step: number,
  details: Readonly<Record<string, unknown>>,
): Promise<Selected> {
  const score = new Float64Array(table.columns.length);
  const limits = { keep, step: stepOf(step, table.columns.length) };
  const ranks = await eliminate(who, model, table, labels, limits, ({ left, importance }) => {
    for (const [at, place] of left.entries()) score[place] = importance[at]!;
  });
  const verdicts = Array.from(ranks, (rank, at) => ({
    keep: rank === 1,
    score: score[at]!,
    rank,
    reason: `rank ${rank}: counted least when it was dropped`,
  }));
  return selectedOf(who, `importance in ${model.kind}, when last asked`, options, table, verdicts, details);
}
