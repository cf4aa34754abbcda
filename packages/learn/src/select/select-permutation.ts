import { tidelineError } from "@tideline/spec";
import { oneOf, positiveInteger } from "../net/check-option.ts";
import type { Labels } from "../transform/transform-def.ts";
import {
  permutationImportance,
  type PermutationOptions,
} from "../tree/insight/importance/permutation-importance.ts";
import { checkLabels, labelsAt } from "./check-label.ts";
import { foldsOf, metricName, metricOf, readable, type FoldOptions } from "./model/held-out.ts";
import type { SelectionModel } from "./model/selection-model.ts";
import { columnsOfTable, tableOfColumns } from "./model/table-column.ts";
import { selectTable, tableRowsAt, type SelectRows } from "./select-table.ts";
import { selectedOf, type Selected, type Selector } from "./selected.ts";

/** What `selectPermutation` takes. */
export interface SelectPermutationOptions
  extends
    Pick<FoldOptions, "groups" | "seed">,
    Partial<Pick<PermutationOptions, "metric" | "repeats" | "level">> {
  readonly model: SelectionModel;
  /** The rows are cut into so many folds; the model is fitted without the first and asked about it. Default 4. */
  readonly folds?: number;
  /** A column is kept where the loss exceeds 0: in the mean, or with its whole interval. Default "interval". */
  readonly above?: "mean" | "interval";
}

const ABOVE = { mean: true, interval: true };

/**
 * Keeps columns without which a model gets worse on rows that it was not fitted to: their values are exchanged between these
 * rows (`permutationImportance` of `@tideline/learn/tree`). Any model will do. Columns that say the same protect each other:
 * drop these first with `selectUncorrelated`.
 *
 * @throws DEFINITION_ILLEGAL for options; from `fit` as `permutationImportance`, and NOT_ENOUGH_DATA for fewer groups than folds.
 * @example
 * await selectPermutation({ model: byForest(), groups: people, metric: "logLoss" }).fit(rows, labels);
 */
export function selectPermutation(options: SelectPermutationOptions): Selector<Promise<Selected>> {
  const who = "selectPermutation";
  const { model, folds = 4, repeats = 10, level = 0.95, seed = 0, above = "interval" } = options;
  positiveInteger(who, "repeats", repeats);
  oneOf(who, "above", ABOVE, above);
  const all = Object.freeze({
    model: { kind: model.kind, ...model.options },
    metric: metricName(options.metric),
    folds,
    repeats,
    level,
    seed,
    above,
  });
  return Object.freeze({
    kind: who,
    options: all,
    async fit(rows: SelectRows, given?: Labels): Promise<Selected> {
      const table = readable(model, selectTable(who, rows));
      const labels = checkLabels(who, table.rows, given);
      if (table.columns.length === 0)
        throw tidelineError("NOT_ENOUGH_DATA", {
          who,
          expected: "a column that it can judge",
          received: "none",
        });
      const [split] = foldsOf(labels, { ...options, folds, seed });
      const { train, test } = split!;
      const fitted = await model.fit(tableRowsAt(table, train), labelsAt(labels, train));
      const held = tableRowsAt(table, test);
      const answer = await permutationImportance(
        ({ columns }) => fitted.predict(tableOfColumns(held, columns)),
        { columns: columnsOfTable(held), y: labelsAt(labels, test).y },
        { metric: metricOf(who, labels, options.metric), repeats, level, seed },
      );
      const verdicts = answer.features.map(({ mean, interval }) => ({
        keep: (above === "mean" ? mean : interval.low) > 0,
        score: mean,
        reason:
          above === "mean" || mean <= 0
            ? `${answer.metric} does not suffer without it: ${mean.toPrecision(3)}`
            : `${answer.metric} suffers by ${mean.toPrecision(3)}, which may be chance: ${interval.low.toPrecision(3)} to ${interval.high.toPrecision(3)}`,
      }));
      const intervals = Object.fromEntries(
        answer.features.map(({ feature, interval }) => [feature, interval]),
      );
      return selectedOf(who, `loss of ${answer.metric} on held-out rows`, all, table, verdicts, {
        metric: answer.metric,
        score: answer.score,
        held: test.length,
        intervals,
      });
    },
  });
}
