import { illegalOption, positiveInteger } from "../net/check-option.ts";
import type { Labels } from "../transform/transform-def.ts";
import { checkLabels } from "./check-label.ts";
import { importanceOf, readable } from "./model/held-out.ts";
import type { SelectionModel } from "./model/selection-model.ts";
import { selectTable, type SelectRows } from "./select-table.ts";
import { selectedOf, type Selected, type Selector } from "./selected.ts";
import { byScore } from "./univariate.ts";

/** What `selectFromModel` takes. */
export interface FromModelOptions {
  readonly model: SelectionModel;
  /**
   * Columns of less importance are dropped: a number, "mean", "median", or a factor of one of these. Default "mean"; 1e-10 for
   * a lasso, which leaves columns out itself. Of forests and boosted trees importances sum to 1.
   */
  readonly threshold?:
    | number
    | "mean"
    | "median"
    | { readonly times: number; readonly of: "mean" | "median" };
  /** At most so many columns, those that count most. Without a threshold exactly these. */
  readonly keep?: number;
}

/**
 * Keeps the columns that count in a model of all of them: scikit-learn's `SelectFromModel`. With `byForest` or `byBoosted` it
 * is selection by tree importance (gain or splits).
 *
 * Importance is of the training rows: a column of many values that trees overfit to looks important. `selectPermutation` asks
 * rows that were held out, `selectShadow` compares with columns of noise.
 *
 * @throws DEFINITION_ILLEGAL for options and a model without importances; from `fit` what the model throws.
 * @example
 * const { kept } = await selectFromModel({ model: byForest({ trees: 200 }), keep: 10 }).fit(rows, labels);
 */
export function selectFromModel(options: FromModelOptions): Selector<Promise<Selected>> {
  const who = "selectFromModel";
  const { model, keep } = options;
  if (keep !== undefined) positiveInteger(who, "keep", keep);
  const usual = model.kind === "byLasso" ? 1e-10 : "mean";
  const threshold = options.threshold ?? (keep === undefined ? usual : -Infinity);
  if (typeof threshold === "number" && Number.isNaN(threshold))
    throw illegalOption(who, "threshold", "a number", "NaN");
  const described = {
    model: { kind: model.kind, ...model.options },
    threshold: String(threshold),
    keep: keep ?? null,
  };
  if (typeof threshold === "object") Object.assign(described, { threshold });
  const all = Object.freeze(described);
  return Object.freeze({
    kind: who,
    options: all,
    async fit(rows: SelectRows, given?: Labels): Promise<Selected> {
      const table = readable(model, selectTable(who, rows));
      const labels = checkLabels(who, table.rows, given);
      const importance = importanceOf(who, model, await model.fit(table, labels));
      const bound = boundOf(importance, threshold);
      const scored = Array.from(importance, (score) => ({ score }));
      const verdicts: { keep: boolean; score: number; reason: string }[] = [];
      for (const [place, at] of byScore(scored).entries()) {
        const { score } = scored[at]!;
        const enough = score >= bound;
        const reason = enough
          ? `place ${place + 1} of ${scored.length}, ${keep} are kept`
          : `importance ${score.toPrecision(3)}, below ${bound.toPrecision(3)}`;
        verdicts[at] = { keep: enough && place < (keep ?? Infinity), score, reason };
      }
      return selectedOf(who, `importance in ${model.kind}`, all, table, verdicts, { threshold: bound });
    },
  });
}

function boundOf(importance: Float64Array, threshold: NonNullable<FromModelOptions["threshold"]>): number {
  if (typeof threshold === "number") return threshold;
  if (typeof threshold === "object") return threshold.times * boundOf(importance, threshold.of);
  if (threshold === "mean") return importance.reduce((sum, value) => sum + value, 0) / importance.length;
  const sorted = importance.slice().sort();
  const half = (sorted.length - 1) / 2;
  return (sorted[Math.floor(half)]! + sorted[Math.ceil(half)]!) / 2;
}
