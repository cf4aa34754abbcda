import type { Labels } from "../../transform/transform-def.ts";
import type { Prediction } from "../../tree/insight/importance/importance-metric.ts";
import type { SelectTable } from "../select-table.ts";

/** A kind of model that selections ask: how much each column counts, and how good it is without some of them. */
export interface SelectionModel {
  readonly kind: string;
  /** Plain; told in reports. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Whether it takes texts (as categories) and missing numbers, or finite numbers alone. */
  readonly reads: "all" | "numbers";
  /** Fits it to the columns of a table, all of them. */
  fit(table: SelectTable, labels: Labels): FittedSelectionModel | Promise<FittedSelectionModel>;
}

/** A fitted model of a selection. */
export interface FittedSelectionModel {
  /** [F], at least 0: how much each column counts; absent for models that do not tell. */
  readonly importance?: Float64Array;
  /** Probabilities [N, K] or classes [N] for classes, numbers [N] else. */
  predict(table: SelectTable): Prediction | Promise<Prediction>;
}
