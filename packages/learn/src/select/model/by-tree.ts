import type { Labels } from "../../transform/transform-def.ts";
import { boostedTrees } from "../../tree/boost/estimator/boosted-trees.ts";
import type { BoostedTreesOptions } from "../../tree/boost/boost-option.ts";
import type { BoostTask } from "../../tree/boost/objective/objective.ts";
import type { ForestOptions } from "../../tree/forest/forest-option.ts";
import type { ForestFitOptions } from "../../tree/forest/grow-forest.ts";
import { extraTrees, randomForest } from "../../tree/forest/random-forest.ts";
import { gainImportance, splitImportance } from "../../tree/insight/importance/split-importance.ts";
import type { Prediction } from "../../tree/insight/importance/importance-metric.ts";
import type { TreeEnsemble } from "../../tree/tree-ensemble.ts";
import { checkLabels } from "../check-label.ts";
import type { SelectTable } from "../select-table.ts";
import type { FittedSelectionModel, SelectionModel } from "./selection-model.ts";
import { columnsOfTable } from "./table-column.ts";

/** What trees count a column by: how much its branches lower the training loss, or how many there are. */
export type TreeImportance = "gain" | "split";

/** What `byForest` takes: the options of a forest, and what is counted. */
export interface ByForestOptions extends Omit<ForestOptions, "task"> {
  /** Default "gain". */
  readonly importance?: TreeImportance;
  /** Extremely randomised trees instead of a random forest. Default false. */
  readonly extra?: boolean;
  /** Threads and the like, which do not change the model. */
  readonly fit?: ForestFitOptions;
}

/** What `byBoosted` takes: the options of boosted trees, and what is counted. */
export interface ByBoostedOptions extends Omit<BoostedTreesOptions<BoostTask>, "task"> {
  /** Default "gain". */
  readonly importance?: TreeImportance;
}

/**
 * A random forest for selections; it takes texts as categories and missing numbers as they are. Importance is that of
 * `@tideline/learn/tree`: of the training rows, and kind to columns of many values.
 *
 * @example
 * await selectFromModel({ model: byForest({ trees: 200, seed: 1 }) }).fit(rows, labels);
 */
export function byForest(options: ByForestOptions = {}): SelectionModel {
  const { importance = "gain", extra = false, fit: watch = {}, ...own } = options;
  return Object.freeze({
    kind: "byForest",
    options: Object.freeze({ importance, extra, ...own }),
    reads: "all",
    async fit(table: SelectTable, given: Labels): Promise<FittedSelectionModel> {
      const labels = checkLabels("byForest", table.rows, given);
      const columns = columnsOfTable(table);
      const grow = extra ? extraTrees : randomForest;
      if (labels.kind === "classes") {
        const { y, classes } = labels;
        const model = await grow({ ...own, task: "classification" }).fit({ columns, y, classes }, watch);
        return fittedTrees(model.ensemble, importance, (rows) => model.predictProbabilities(rows));
      }
      const model = await grow({ ...own, task: "regression" }).fit({ columns, y: labels.y }, watch);
      return fittedTrees(model.ensemble, importance, (rows) => model.predict(rows));
    },
  });
}

/**
 * Gradient boosted trees for selections, as {@link byForest}.
 *
 * @example
 * await selectRfecv({ model: byBoosted({ rounds: 100 }), groups: people }).fit(rows, labels);
 */
export function byBoosted(options: ByBoostedOptions = {}): SelectionModel {
  const { importance = "gain", ...own } = options;
  return Object.freeze({
    kind: "byBoosted",
    options: Object.freeze({ importance, ...own }),
    reads: "all",
    async fit(table: SelectTable, given: Labels): Promise<FittedSelectionModel> {
      const labels = checkLabels("byBoosted", table.rows, given);
      const columns = columnsOfTable(table);
      if (labels.kind === "classes") {
        const { y, classes } = labels;
        const estimator = boostedTrees({
          ...own,
          task: "classification",
        } as BoostedTreesOptions<"classification">);
        const model = await estimator.fit({ columns, y, classes });
        return fittedTrees(model.ensemble, importance, (rows) => model.predictProbabilities(rows));
      }
      const estimator = boostedTrees({ ...own, task: "regression" } as BoostedTreesOptions<"regression">);
      const model = await estimator.fit({ columns, y: labels.y });
      return fittedTrees(model.ensemble, importance, (rows) => model.predict(rows));
    },
  });
}

type Columns = { readonly columns: ReturnType<typeof columnsOfTable> };

function fittedTrees(
  ensemble: TreeEnsemble,
  kind: TreeImportance,
  predict: (rows: Columns) => Prediction,
): FittedSelectionModel {
  const entries = kind === "gain" ? gainImportance(ensemble) : splitImportance(ensemble);
  return Object.freeze({
    importance: Float64Array.from(entries, ({ share }) => share),
    predict: (table: SelectTable) => predict({ columns: columnsOfTable(table) }),
  });
}
