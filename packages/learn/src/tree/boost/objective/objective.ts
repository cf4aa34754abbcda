import type { KernelObjective } from "../../kernel/tree-kernels.ts";
import type { TreeLink } from "../../model/tree-link.ts";

/** What is to be learnt of a row: its class, a number, or its place among the rows of its group. */
export type BoostTask = "classification" | "regression" | "ranking";

/** What an objective knows of the rows. */
export interface BoostTarget {
  readonly rows: number;
  /** Positions of classes, numbers, or grades of relevance. [rows] */
  readonly y: Float64Array;
  /** Whether `y` is a copy of the caller's labels, whose memory may be given back. */
  readonly ownLabels?: boolean;
  /** Undefined where every row weighs 1. [rows] */
  readonly weight: Float64Array | undefined;
  /** 0 where there are none. */
  readonly classes: number;
  /** Where each group of rows starts, and where the last ends: [groups + 1]. Only of rankings. */
  readonly groups: Int32Array | undefined;
}

/** An objective at work on some rows. It may hold memory of their size. */
export interface OpenObjective {
  /** The scores as they stand before a round's trees. */
  begin(scores: Float64Array): void;
  /**
   * First and second derivatives of the rows' losses by one output's score as it stood at `begin`, weights included.
   * Between `begin` and this only scores of outputs before this one may have changed.
   */
  derivatives(scores: Float64Array, output: number, gradient: Float32Array, hessian: Float32Array): void;
}

/** What trees are to make small: a loss of raw scores. A frozen value. Scores are row-major: [rows * outputs]. */
export interface Objective {
  readonly name: string;
  readonly task: BoostTask;
  /** Raw scores of a row: one, or one for each class. */
  outputs(classes: number): number;
  /** @throws DATA_MALFORMED or ARGUMENT_INVALID for labels that have no loss. */
  check(who: string, target: BoostTarget): void;
  /** The scores that every row starts at: those of least loss among constants. [outputs] */
  initial(target: BoostTarget): Float64Array;
  open(target: BoostTarget): OpenObjective;
  /** What scores mean: probabilities of all classes for each row, or numbers in the unit of the labels. */
  readonly link: TreeLink;
  /** Weighted mean over the rows; a custom objective may have none. */
  readonly loss?: (target: BoostTarget, scores: Float64Array) => number;
  /**
   * What a leaf is to add where the derivatives say too little (those of the absolute error are all 1 in size): the step
   * of least loss, from what labels exceed scores by. Both arrays may be reordered.
   */
  readonly leafValue?: (residuals: Float64Array, weights: Float64Array | undefined) => number;
  /** The kernels' own loop of the derivatives, which gives the same bits. */
  readonly kernel?: KernelObjective;
  /** Whether derivatives come from outside, so that each of them is to be checked. */
  readonly foreign?: boolean;
}
