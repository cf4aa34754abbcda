import { tidelineError } from "@tideline/spec";
import type { TreeRows } from "../../bin/table-rows.ts";
import type { TreeEnsemble } from "../../tree-ensemble.ts";
import { askedColumns, askedTable, type AskedColumn } from "../asked-column.ts";
import { checkCover, type Cover } from "../cover.ts";
import { outputScales } from "../../model/output-scale.ts";
import { addTreeShap } from "./add-tree-shap.ts";
import { backgroundShap } from "./shap-background.ts";
import { shapPlan } from "./shap-plan.ts";

/** What each feature adds to the raw scores of each row. */
export interface ShapValues {
  /** [rows, outputs, features], in the unit of raw scores. */
  readonly values: Float64Array;
  /** What a row's values add up to its score from: the mean over the training rows (or a background). [outputs] */
  readonly base: Float64Array;
  readonly rows: number;
  readonly outputs: number;
  /** Names, in the order of `values`. */
  readonly features: readonly string[];
}

/** How features are left out along the paths of trees. */
export interface ShapOptions {
  /**
   * What weighs the two ways of a branch whose feature is left out: the number of training rows, as LightGBM's
   * `pred_contrib` does, or the sum of their second derivatives, as XGBoost's does (the only choice for models that hold no
   * numbers of rows). Default "count".
   */
  readonly cover?: Cover;
}

/** What {@link shapValues} takes. */
export interface ShapValueOptions extends ShapOptions {
  /**
   * Rows whose values stand for features that are left out, one row after the other (interventional), instead of the
   * training rows' proportions. Time grows with their number: a hundred say enough.
   */
  readonly background?: TreeRows;
}

/** The most numbers of one answer: 2 GiB. */
const MOST_VALUES = 2 ** 28;

/**
 * Shapley values of raw scores, exact, where features are left out by following both ways of their branches in the
 * proportion of the training rows (path-dependent): S. Lundberg et al., "From local explanations to global
 * understanding with explainable AI for trees", Nature Machine Intelligence 2, 2020, algorithm 2, in the faster form that
 * `shap-plan.ts` derives. The values of a row and the base add up to its raw score: what the trees add up to before
 * any link, so log-odds of a binary classifier.
 *
 * Path-dependent values need no data and are those of LightGBM and XGBoost, but may give something to a feature that no
 * branch asks differently in effect, where it goes with one that matters. With a `background` the values are those of the
 * function itself (interventional, algorithm 3 there), by breaking what goes together in the data.
 *
 * @throws NOT_ENOUGH_DATA without rows; ARGUMENT_INVALID for a column that is not there or of the other kind, and for more
 *   than 2^28 values (ask in parts, or for a {@link shapSummary}); DEFINITION_ILLEGAL for an unknown cover;
 *   MODEL_UNSUPPORTED for trees that do not know their training rows.
 * @example
 * const { values, base, features } = shapValues(model.ensemble, { X });
 * const first = values.subarray(0, features.length); // of row 0 and output 0
 */
export function shapValues(
  ensemble: TreeEnsemble,
  rows: TreeRows,
  { cover = "count", background }: ShapValueOptions = {},
): ShapValues {
  const who = "shapValues";
  checkCover(who, cover);
  const table = askedTable(who, ensemble, rows);
  checkAnswerSize(who, table.rows * ensemble.outputs * ensemble.features.length);
  const columns = askedColumns(ensemble, table);
  if (background === undefined) return shapOfColumns(who, ensemble, columns, table.rows, cover);
  const behind = askedTable(`${who}: background`, ensemble, background);
  const others = { columns: askedColumns(ensemble, behind), rows: behind.rows };
  const answer = backgroundShap(ensemble, { columns, rows: table.rows }, others);
  return Object.freeze({ ...answer, features: featureNames(ensemble) });
}

/** @throws ARGUMENT_INVALID for more numbers than one answer may have. */
export function checkAnswerSize(who: string, values: number): void {
  if (values <= MOST_VALUES) return;
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field: "rows",
    expected: `an answer of at most ${MOST_VALUES} numbers`,
    received: String(values),
    remedy: "Ask for fewer rows at a time.",
  });
}

/** {@link shapValues} of columns in the ensemble's own order. */
export function shapOfColumns(
  who: string,
  ensemble: TreeEnsemble,
  columns: readonly AskedColumn[],
  rows: number,
  cover: Cover,
): ShapValues {
  const { outputs, trees } = ensemble;
  const features = ensemble.features.length;
  const values = new Float64Array(rows * outputs * features);
  const base = Float64Array.from(ensemble.base);
  const scales = outputScales(ensemble);
  for (const [at, tree] of trees.entries()) {
    const plan = shapPlan(who, tree, cover);
    const target = Math.max(0, ensemble.target[at]!);
    const scale = scales[target]!;
    addTreeShap(plan, columns, rows, { values, outputs, features, target, scale });
    for (let k = 0; k < tree.width; k++) base[target + k]! += scale * plan.base[k]!;
  }
  return Object.freeze({ values, base, rows, outputs, features: featureNames(ensemble) });
}

/** Names of an ensemble's features. */
export function featureNames({ features }: Pick<TreeEnsemble, "features">): readonly string[] {
  return Object.freeze(features.map(({ name }) => name));
}
