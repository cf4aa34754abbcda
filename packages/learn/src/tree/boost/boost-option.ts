import type { ClassWeights } from "../../net/train/class-weight.ts";
import type { BoostMetric } from "./metric/boost-metric.ts";
import type { MetricConfiguration } from "./metric/registry.ts";
import type { BoostTask, Objective } from "./objective/objective.ts";
import type { ObjectiveConfiguration } from "./objective/registry.ts";
import type { DartOptions } from "./round/dart.ts";
import type { GossOptions } from "./sample/goss.ts";

/** How splits of categories are chosen (G. Ke et al., "LightGBM", NeurIPS 2017). */
export interface CategoryOptions {
  /** Up to so many bins, one category against the rest is tried. Default 4. */
  readonly oneHot?: number;
  /** Categories on the left side, at most. Default 32. */
  readonly most?: number;
  /** Added to a category's weight where they are sorted. Default 10. */
  readonly smooth?: number;
  /** Added to `l2` for sides made of sorted categories. Default 10. */
  readonly l2?: number;
  /** Rows added to a side before a split is tried. Default 100. */
  readonly minRows?: number;
}

/** What {@link boostedTrees} takes: plain data, but for objectives and metrics of your own. */
export interface BoostedTreesOptions<Task extends BoostTask = BoostTask> {
  /** Default "classification". */
  readonly task?: Task;
  /**
   * What is to be made small. Default the log loss of classes, the squared error of numbers, LambdaRank of rankings. Others by
   * name (`"absoluteError"`, `{ quantile: { share: 0.9 } }`), or a `customObjective`.
   */
  readonly objective?: ObjectiveConfiguration | Objective;
  /** Trees for each output, at most. Default 100. */
  readonly rounds?: number;
  /** What leaves are multiplied by. Default 0.1. */
  readonly rate?: number;
  /** Leaves of a tree, at most: 2 to 131072. Default 31. */
  readonly leaves?: number;
  /** Branches on the way to a leaf, at most. Default Infinity. */
  readonly depth?: number;
  /**
   * Rows of a leaf, at least, estimated as LightGBM does: a side is taken to have the share of the leaf's rows that it has
   * of their second derivatives. That is exact where all rows have the same (squared error, absolute error, quantile, each
   * without weights); with others a leaf may have fewer, as few as one, the tree's `count` being the truth. Default 20.
   */
  readonly minChildRows?: number;
  /** Sum of second derivatives of a leaf, at least; of small weights all rows may have less. Default 0.001. */
  readonly minChildWeight?: number;
  /** What a split must gain, at least. Default 0. */
  readonly minGain?: number;
  /** Default 0. */
  readonly l1?: number;
  /** Default 0. */
  readonly l2?: number;
  /** The largest size of a leaf, before `rate`; 0 for any. Default 0. */
  readonly maxDelta?: number;
  /** Bins of a numeric column, 2 to 255; none for rows that are in bins already. Default 255. */
  readonly bins?: number;
  /** Share of the rows that a round's trees are grown on, drawn anew each round. Default 1. */
  readonly rowShare?: number;
  /** Rows of a round by the size of their derivatives, instead of `rowShare`; after the first `1 / rate` rounds. */
  readonly goss?: true | GossOptions;
  /** Trees that learn what others, left out at random, had learnt. */
  readonly dart?: true | DartOptions;
  /** Share of the columns that a tree may ask. Default 1. */
  readonly featureShare?: number;
  /** Share of the tree's columns that a node looks at. Default 1. */
  readonly featureShareByNode?: number;
  /** Whether one random threshold of each column is tried, as in extremely randomised trees. Default false. */
  readonly extra?: boolean;
  /** Numeric columns with which scores only rise (1) or only fall (-1). */
  readonly monotone?: Readonly<Record<string, 1 | -1>>;
  /** Groups of columns that may be asked along one path; a column in no group stands alone. */
  readonly interactions?: readonly (readonly string[])[];
  /** Columns of categories; coded ones need no mention. Of rows that are typed or in bins already, it must agree. */
  readonly categorical?: readonly string[];
  readonly categories?: CategoryOptions;
  /** Of a classification: one for each class, or "balanced" for classes that count alike. */
  readonly classWeights?: ClassWeights;
  /** Measured on validation rows after each round. */
  readonly metric?: MetricConfiguration | BoostMetric;
  /** Rounds without a better validation result after which training ends; needs validation rows in `fit`. */
  readonly patience?: number;
  /** A round counts as better only by more than this. Default 0. */
  readonly minDelta?: number;
  /** What is judged. Default "metric" where there is one, else "loss". */
  readonly monitor?: "loss" | "metric";
  /** Which rounds are kept. Default "best" with `patience`, else "last". */
  readonly keep?: "best" | "last";
  /** Whether curves have the loss of the training rows, too; it costs time. Default false. */
  readonly trainingLoss?: boolean;
  /** Default 0. */
  readonly seed?: number;
}
