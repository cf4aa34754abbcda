import { illegalOption, notNegative, oneOf, positiveInteger } from "../../net/check-option.ts";
import type { Task } from "../../net/estimator/task.ts";
import { binSettings, type BinOptions } from "../bin/bin-option.ts";

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
  readonly bins: BinOptions;
}

const TASKS = { classification: true, regression: true } satisfies Record<Task, true>;
const SHARES = { sqrt: true, log2: true };

/** A share of something: above 0, at most 1. @throws DEFINITION_ILLEGAL */
export function shareOf(who: string, field: string, value: number): number {
  if (typeof value === "number" && value > 0 && value <= 1) return value;
  throw illegalOption(who, field, "a number above 0 and at most 1", String(value));
}

/** An integer. @throws DEFINITION_ILLEGAL */
export function checkSeed(who: string, seed: number): number {
  if (Number.isSafeInteger(seed)) return seed;
  throw illegalOption(who, "seed", "an integer", String(seed));
}

function limit(who: string, field: string, value: number | undefined): number {
  return value === undefined || value === Infinity ? Infinity : positiveInteger(who, field, value);
}

function flag(who: string, field: string, value: boolean): boolean {
  if (typeof value === "boolean") return value;
  throw illegalOption(who, field, "true or false", String(value));
}

function names(who: string, given: readonly string[]): readonly string[] {
  if (Array.isArray(given) && given.every((name) => typeof name === "string"))
    return Object.freeze([...given]);
  throw illegalOption(who, "categorical", "a list of names", JSON.stringify(given));
}

function checkClassWeights(who: string, task: Task, weights: ForestClassWeights | undefined) {
  if (weights === undefined || weights === "balanced") {
    if (weights !== undefined && task === "regression")
      throw illegalOption(who, "classWeights", "none in a regression", weights);
    return weights;
  }
  if (task === "regression" || !Array.isArray(weights))
    throw illegalOption(
      who,
      "classWeights",
      task === "regression" ? "none in a regression" : '"balanced", or a list of numbers',
      JSON.stringify(weights),
    );
  for (const [k, weight] of weights.entries()) notNegative(who, `classWeights[${k}]`, weight);
  return Object.freeze([...weights]);
}

/** The options of a forest, checked. @throws DEFINITION_ILLEGAL naming the option. */
export function forestSettings(who: string, options: ForestOptions, extra: boolean): ForestSettings {
  const task = oneOf(who, "task", TASKS, options.task ?? "classification");
  const { trees = 100, rowShare = 1, minChildRows = 1, minChildWeight = 0, minGain = 0, seed = 0 } = options;
  const { features = task === "regression" ? 1 : "sqrt", bootstrap = !extra } = options;
  flag(who, "bootstrap", bootstrap);
  shareOf(who, "rowShare", rowShare);
  const some = bootstrap || rowShare < 1;
  const outOfBag = flag(who, "outOfBag", options.outOfBag ?? some);
  if (outOfBag && !some)
    throw illegalOption(who, "outOfBag", "false where every tree sees every row", "true");
  if (minChildRows !== 1) positiveInteger(who, "minChildRows", minChildRows);
  const { bins = 255, minBinRows = 1, sample = 200_000 } = options;
  if (options.leaves !== undefined && options.leaves !== Infinity && !(options.leaves >= 2))
    throw illegalOption(who, "leaves", "an integer of at least 2", String(options.leaves));
  return Object.freeze({
    task,
    trees: positiveInteger(who, "trees", trees),
    leaves: limit(who, "leaves", options.leaves),
    depth: limit(who, "depth", options.depth),
    features:
      typeof features === "string"
        ? oneOf(who, "features", SHARES, features)
        : shareOf(who, "features", features),
    bootstrap,
    rowShare,
    minChildRows,
    minChildWeight: notNegative(who, "minChildWeight", minChildWeight),
    minGain: notNegative(who, "minGain", minGain),
    classWeights: checkClassWeights(who, task, options.classWeights),
    outOfBag,
    seed: checkSeed(who, seed),
    extra,
    categorical: names(who, options.categorical ?? []),
    bins: Object.freeze(binSettings(who, { bins, minBinRows, sample, seed })),
  });
}

/** How many of so many features that is; at least one. */
export function featureCount(share: FeatureShare, features: number): number {
  const count =
    share === "sqrt" ? Math.sqrt(features) : share === "log2" ? Math.log2(features) : share * features;
  return Math.max(1, Math.floor(count));
}
