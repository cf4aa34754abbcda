import { illegalOption } from "../../net/check-option.ts";
import { checkOptions } from "../../net/estimator/option-form.ts";
import type { Task } from "../../net/estimator/task.ts";
import type { BinOptions } from "../bin/bin-option.ts";
import { FOREST_OPTION_FORMS } from "./option-form.ts";

/** How many features a branch looks at: the square root or logarithm of all, or a share of them. */
export type FeatureShare = "sqrt" | "log2" | number;

/** Weights of classes, in their order; "balanced" lets every class count alike. */
export type ForestClassWeights = "balanced" | readonly number[];

/** What `randomForest` and `extraTrees` take; plain data. */
export interface ForestOptions<T extends Task = Task> extends Pick<
  BinOptions,
  "bins" | "minBinRows" | "sample"
> {
  /** Default "classification". */
  readonly task?: T;
  /** Default 100. */
  readonly trees?: number;
  /** Names of columns of categories, beside those that the rows name. */
  readonly categorical?: readonly string[];
  /** Leaves of a tree at most: the branch that gains most is grown first. Default: no limit. */
  readonly leaves?: number;
  /** Depth of a tree at most. Default: no limit. */
  readonly depth?: number;
  /** Features that a branch looks at, drawn anew for each. Default "sqrt" for classes, 1 (all) for numbers. */
  readonly features?: FeatureShare;
  /** Whether each tree draws its rows with replacement. Default true for `randomForest`, false for `extraTrees`. */
  readonly bootstrap?: boolean;
  /** Rows that a tree draws, as a share of all; at most 1. Default 1. */
  readonly rowShare?: number;
  /** Rows of a leaf at least; a row counts as often as it was drawn. Default 1. */
  readonly minChildRows?: number;
  /** Weight of a leaf's rows at least. Default 0. */
  readonly minChildWeight?: number;
  /** By how much a branch must lower the sum of weight times impurity (Gini's; variance of numbers). Default 0. */
  readonly minGain?: number;
  readonly classWeights?: ForestClassWeights;
  /** Whether the fit asks each tree about the rows that it has not drawn. Default: where some are not. */
  readonly outOfBag?: boolean;
  /** Default 0. */
  readonly seed?: number;
}

/** Options with all defaults filled in. */
export interface ForestSettings {
  readonly task: Task;
  readonly trees: number;
  readonly leaves: number;
  readonly depth: number;
  readonly features: FeatureShare;
  readonly bootstrap: boolean;
  readonly rowShare: number;
  readonly minChildRows: number;
  readonly minChildWeight: number;
  readonly minGain: number;
  readonly classWeights: ForestClassWeights | undefined;
  readonly outOfBag: boolean;
  readonly seed: number;
  readonly extra: boolean;
  readonly categorical: readonly string[];
  /** Undefined where nothing is said: 255. */
  readonly bins: number | undefined;
  readonly binning: BinOptions;
}

/**
 * The options of a forest, checked.
 *
 * @throws DEFINITION_ILLEGAL naming the option: one that there is not, of another form, or that contradicts another.
 */
export function forestSettings(who: string, options: ForestOptions, extra: boolean): ForestSettings {
  checkOptions(who, FOREST_OPTION_FORMS, [], options);
  const { task = "classification", rowShare = 1, seed = 0, classWeights, bootstrap = !extra } = options;
  const some = bootstrap || rowShare < 1;
  const { outOfBag = some } = options;
  if (outOfBag && !some)
    throw illegalOption(who, "outOfBag", "false where every tree sees every row", "true");
  if (task === "regression" && classWeights !== undefined)
    throw illegalOption(who, "classWeights", "none in a regression", JSON.stringify(classWeights));
  const { bins, minBinRows = 1, sample = 200_000 } = options;
  return Object.freeze({
    task,
    trees: options.trees ?? 100,
    leaves: options.leaves ?? Infinity,
    depth: options.depth ?? Infinity,
    features: options.features ?? (task === "regression" ? 1 : "sqrt"),
    bootstrap,
    rowShare,
    minChildRows: options.minChildRows ?? 1,
    minChildWeight: options.minChildWeight ?? 0,
    minGain: options.minGain ?? 0,
    classWeights: Array.isArray(classWeights) ? Object.freeze([...classWeights]) : classWeights,
    outOfBag,
    seed,
    extra,
    categorical: Object.freeze([...(options.categorical ?? [])]),
    bins,
    binning: Object.freeze({ bins: bins ?? 255, minBinRows, sample, seed }),
  });
}

/** How many of so many features that is; at least one. */
export function featureCount(share: FeatureShare, features: number): number {
  const count =
    share === "sqrt" ? Math.sqrt(features) : share === "log2" ? Math.log2(features) : share * features;
  return Math.max(1, Math.floor(count));
}
