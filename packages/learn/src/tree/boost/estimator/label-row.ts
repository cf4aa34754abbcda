import type { TrainingRows } from "../../../classifier.ts";
import type { TreeRows } from "../../bin/table-rows.ts";
import type { BinnedTable } from "../../binned-table.ts";
import type { NumericArray } from "../../tree-table.ts";
import type { BoostTask } from "../objective/objective.ts";

/** Rows as they come, or already in bins: then the values need not be in memory at all. */
export type BoostGiven = TreeRows | { readonly binned: BinnedTable };

/** Where rows start that know more than the trees are shown: the logarithm of an exposure, another model's score. */
export interface RowOffset {
  /** Raw scores to which the trees add theirs, row-major; not part of the model. [rows * outputs] */
  readonly offset?: Float64Array;
}

/** Weights of rows. */
export interface WeightedRows {
  /** [N], finite, positive or zero. Default 1 for each row. */
  readonly sampleWeight?: NumericArray | readonly number[];
}

/** Numbers of rows. */
export interface NumberedRows extends WeightedRows {
  /** [N], finite. */
  readonly y: NumericArray | readonly number[];
}

/** Grades of rows in groups. */
export interface GradedRows extends WeightedRows {
  /** [N], integers of 0 to 30, the best highest. */
  readonly y: NumericArray | readonly number[];
  /** How many rows each group has; groups follow one another. */
  readonly groupSizes: Int32Array | readonly number[];
}

/** What goes with rows: classes, numbers, or grades. */
export type BoostLabels<Task extends BoostTask> = (Task extends "regression"
  ? NumberedRows
  : Task extends "ranking"
    ? GradedRows
    : Pick<TrainingRows, "y" | "classes"> & WeightedRows) &
  RowOffset;

/** What boosted trees are fitted to. */
export type BoostRows<Task extends BoostTask = "classification"> = BoostGiven & BoostLabels<Task>;
