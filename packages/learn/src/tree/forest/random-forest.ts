import type { Task } from "../../net/estimator/task.ts";
import { binTable } from "../bin/bin-table.ts";
import type { TreeRows } from "../bin/table-rows.ts";
import type { BinnedTable } from "../binned-table.ts";
import { checkBinned } from "../bin/check-binned.ts";
import { featuresOf, trainingTable } from "../boost/estimator/boost-table.ts";
import { checkBinOptions } from "../boost/estimator/column-constraint.ts";
import { binsByRow, ownBins, sharedBins } from "./bin-by-row.ts";
import { treeEnsemble } from "../model/ensemble.ts";
import type { ForestJob } from "./forest-job.ts";
import { classTarget, numberTarget, type ForestLabels, type ForestTargets } from "./forest-label.ts";
import { forestClassifier, forestRegressor } from "./forest-model.ts";
import type { ForestClassifier, ForestKind, ForestRegressor } from "./forest-model.ts";
import { featureCount, forestSettings, type ForestOptions, type ForestSettings } from "./forest-option.ts";
import { checkObject } from "./forest-watch.ts";
import { checkForestFit, growForest, type ForestFitOptions } from "./grow-forest.ts";
import { addUnseen, outOfBagClasses, outOfBagNumbers, outOfBagSums } from "./out-of-bag.ts";

/** Rows with classes, or with numbers; rows may be in bins already: then their values need not be in memory. */
export type ForestRows<T extends Task = Task> = (TreeRows | { readonly binned: BinnedTable }) &
  (T extends "regression" ? ForestTargets : ForestLabels);

/** What a fit gives. */
export type ForestModel<T extends Task = Task> = T extends "regression" ? ForestRegressor : ForestClassifier;

/** A configuration of a forest. `fit` changes nothing it is given. */
export interface ForestEstimator<T extends Task = Task> {
  readonly kind: ForestKind;
  /**
   * @throws ARGUMENT_INVALID for options that there are not, labels, weights or columns that do not fit; NOT_ENOUGH_DATA; DATA_MALFORMED for a value that
   *   its column cannot hold; the reason of the signal.
   */
  fit(rows: ForestRows<T>, options?: ForestFitOptions): Promise<ForestModel<T>>;
}

/**
 * A random forest (L. Breiman, "Random forests", Machine Learning 45, 2001): deep trees, each grown on rows drawn with
 * replacement, each branch the best among a few features drawn at random; their leaves' class shares or means are
 * averaged. Splits lower Gini's impurity, or the variance of numbers. Columns are binned (255 bins at most), missing
 * values take the side that lowers impurity more and, where the branch saw none in training, the heavier one; categories
 * are split as sets. Nothing need be scaled.
 *
 * A tree depends on the seed and its place alone: not on threads, and the first trees are those of a smaller forest.
 *
 * @throws DEFINITION_ILLEGAL for an option out of range.
 * @example
 * const model = await randomForest({ trees: 50, seed: 1 }).fit({ X, y, classes: ["sit", "stand", "walk"] });
 * model.predictProbabilities(X); // [N, 3]
 * model.outOfBag!.accuracy; // an honest figure, without held-out rows
 */
export function randomForest<T extends Task = "classification">(
  options: ForestOptions<T> = {},
): ForestEstimator<T> {
  return forest("randomForest", options);
}

/**
 * Extremely randomised trees (P. Geurts, D. Ernst and L. Wehenkel, Machine Learning 63, 2006): as {@link randomForest},
 * but each drawn feature is tried at one threshold drawn between its least and largest value (of categories: one
 * subset), and trees see all rows unless `bootstrap` is set.
 *
 * @throws DEFINITION_ILLEGAL for an option out of range.
 * @example
 * const model = await extraTrees({ task: "regression", minChildRows: 3 }).fit({ columns: { speed, hour }, y });
 */
export function extraTrees<T extends Task = "classification">(
  options: ForestOptions<T> = {},
): ForestEstimator<T> {
  return forest("extraTrees", options);
}

function forest<T extends Task>(kind: ForestKind, options: ForestOptions<T>): ForestEstimator<T> {
  const settings = forestSettings(kind, options, kind === "extraTrees");
  return Object.freeze({
    kind,
    fit: async (rows: ForestRows<T>, fit: ForestFitOptions = {}) =>
      (await fitForest(kind, settings, rows, fit)) as ForestModel<T>,
  });
}

async function fitForest(
  kind: ForestKind,
  settings: ForestSettings,
  rows: ForestRows,
  fit: ForestFitOptions,
): Promise<ForestModel> {
  const who = `${kind}.fit`;
  checkObject(who, "rows", "{ X }, { columns } or { binned }, with labels", rows);
  checkForestFit(who, fit);
  const { task, trees, seed, extra, leaves, depth, minChildRows, minChildWeight, minGain } = settings;
  if ("binned" in rows) checkBinned(who, rows.binned);
  const table = "binned" in rows ? rows.binned : trainingTable(rows, settings.categorical, undefined);
  const { given, ...source } =
    task === "regression"
      ? numberTarget(who, table.rows, rows as ForestTargets)
      : classTarget(who, table.rows, rows as ForestLabels, settings.classWeights);
  const allocate = fit.crew === undefined ? ownBins : sharedBins;
  const binned = "columns" in table ? binTable(table, { ...settings.binning, allocate }) : table;
  checkBinOptions(who, settings, "binned" in rows, binned.features);
  const featuresByNode = featureCount(settings.features, binned.features.length);
  const job: ForestJob = {
    source: { ...source, table: binned, byRow: binsByRow(binned, allocate) },
    growth: { leaves, depth, featuresByNode, minChildRows, minChildWeight, minGain, extra },
    bag: { share: settings.rowShare, bootstrap: settings.bootstrap },
    outOfBag: settings.outOfBag,
  };
  const outputs = Math.max(1, source.classes);
  const sums = settings.outOfBag ? outOfBagSums(table.rows, outputs) : undefined;
  const grown = await growForest(job, trees, seed, fit, ({ tree, leaves }) => {
    if (sums !== undefined && leaves !== undefined) addUnseen(sums, tree, leaves);
  });
  const features = featuresOf(binned.features);
  const ensemble = treeEnsemble({ features, outputs, trees: grown, average: true });
  const { y } = rows;
  if (task === "regression") {
    const outOfBag = sums && outOfBagNumbers(sums, y, given);
    return forestRegressor({ kind, seed, ensemble, outOfBag });
  }
  const outOfBag = sums && outOfBagClasses(sums, y, given);
  return forestClassifier({ kind, classes: (rows as ForestLabels).classes, seed, ensemble, outOfBag });
}
