import type { TreeRows } from "../../bin/table-rows.ts";
import { illegalOption, oneOf, positiveInteger } from "../../../net/check-option.ts";
import type { TreeEnsemble } from "../../tree-ensemble.ts";
import { askedTable } from "../asked-column.ts";
import { checkCover, type Cover } from "../cover.ts";
import { checkAnswerSize } from "../shap/shap-values.ts";
import { coverDependence } from "./cover-dependence.ts";
import { gridColumn, type DependenceAxis, type GridOptions } from "./dependence-axis.ts";
import { rowDependence } from "./row-dependence.ts";

/** What {@link partialDependence} takes. */
export interface DependenceOptions extends GridOptions {
  /**
   * "rows" (the default) gives every row each value in turn and takes the mean of the scores; "cover" follows both ways of
   * branches that ask other features, in the proportion of the training rows: much faster, no rows but for the grid.
   */
  readonly method?: "rows" | "cover";
  /** What weighs the ways under "cover". Default "count". */
  readonly cover?: Cover;
  /** Whether each row's own curve is kept (method "rows"). Default false. */
  readonly ice?: boolean;
}

/** Raw scores over the values of one or two features. */
export interface PartialDependence {
  readonly axes: readonly DependenceAxis[];
  readonly outputs: number;
  /** Rows that the mean is of; those of the grid under "cover". */
  readonly rows: number;
  /** [outputs, values of the first feature(, values of the second)] */
  readonly mean: Float64Array;
  /** A curve a row (individual conditional expectation): [rows, outputs, values(, values)]. */
  readonly ice: Float64Array | undefined;
}

const METHODS = { rows: true, cover: true } satisfies Record<NonNullable<DependenceOptions["method"]>, true>;

/**
 * The score as a function of one or two features, the others averaged out (J. Friedman, "Greedy function approximation: a
 * gradient boosting machine", Annals of Statistics 29, 2001, section 8.2), and each row's own curve (A. Goldstein et al.,
 * "Peeking Inside the Black Box", 2015). Both methods try what never goes together in the data, too. They agree where
 * features are independent in the training rows; else "rows" keeps what goes together among the other features, "cover"
 * (Friedman's weighted traversal) does not, nor does it tell rows from each other.
 *
 * @param features one name, or two.
 * @throws NOT_ENOUGH_DATA without rows; ARGUMENT_INVALID for an unknown feature, for a value that it cannot have, and more
 *   than 2^28 numbers; DEFINITION_ILLEGAL for options out of range; what {@link shapValues} throws about columns and cover.
 * @example
 * const { axes, mean } = partialDependence(model.ensemble, { X }, "f0", { points: 10 });
 * const both = partialDependence(model.ensemble, rows, ["age", "country"], { method: "cover" });
 */
export function partialDependence(
  ensemble: TreeEnsemble,
  rows: TreeRows,
  features: string | readonly [string] | readonly [string, string],
  options: DependenceOptions = {},
): PartialDependence {
  const who = "partialDependence";
  const { method = "rows", cover = "count", ice = false } = options;
  oneOf(who, "method", METHODS, method);
  checkCover(who, cover);
  if (ice && method === "cover")
    throw illegalOption(who, "ice", 'the method "rows", which has curves of rows', method);
  positiveInteger(who, "points", options.points ?? 24);
  const [from, to] = options.between ?? [0, 1];
  if (!(from >= 0 && from < to && to <= 1))
    throw illegalOption(who, "between", "two ascending shares in 0..1", `${from}, ${to}`);
  const names = typeof features === "string" ? [features] : [...features];
  if (names.length < 1 || names.length > 2 || names[0] === names[1])
    throw illegalOption(who, "features", "one name, or two different ones", names.join(", ") || "none");
  const table = askedTable(who, ensemble, rows);
  const grid = names.map((name) => gridColumn(who, ensemble, table, name, options));
  const points = grid.reduce((product, { values }) => product * values.length, 1);
  checkAnswerSize(who, points * ensemble.outputs * (ice ? table.rows : 1));
  const answer =
    method === "rows"
      ? rowDependence(ensemble, table, grid, ice)
      : { mean: coverDependence(who, ensemble, grid, cover), ice: undefined };
  return Object.freeze({
    axes: Object.freeze(grid.map(({ feature, kind, values }) => Object.freeze({ feature, kind, values }))),
    outputs: ensemble.outputs,
    rows: table.rows,
    ...answer,
  });
}
