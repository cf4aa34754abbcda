import { checkTrainingRows, type TrainingRows } from "../classifier.ts";
import { logisticModel, type LogisticModel } from "../logistic-regression.ts";
import { matrix, type Matrix } from "../matrix.ts";
import { positive, positiveInteger } from "../net/check-option.ts";
import { stepBlock, type LogisticBlock } from "./l1-block.ts";
import { dot } from "./lasso-descent.ts";
import type { DescentReport } from "./linear-model.ts";

/** What {@link l1Logistic} takes. */
export interface L1LogisticOptions {
  /** Inverse strength of the penalty, as scikit-learn's `C`. Default 1. */
  readonly C?: number;
  /** Steps of each class at most. Default 500. */
  readonly maxIterations?: number;
  /** The largest violation of optimality of the mean loss at which the fit has converged. Default 1e-4. */
  readonly tolerance?: number;
}

/** A fitted model, and how its fit ended. */
export interface L1LogisticFit {
  readonly model: LogisticModel;
  readonly report: DescentReport;
}

/** Rows to fit, and a model to begin with. */
export interface L1LogisticRows extends TrainingRows {
  /** A model with the same features and classes: makes a path over `C` cheap. Default zeros. */
  readonly initial?: LogisticModel;
}

/**
 * Multinomial logistic regression with an L1 penalty, which leaves columns out: it minimises `C * sum(weighted log losses) +
 * sum|W|`, intercepts free, as scikit-learn's `LogisticRegression(l1_ratio=1, solver="saga")`. Of two classes the second has
 * coefficients and the first zeros, which is scikit-learn's single column. Class by class, the others held, by Newton's
 * method with coordinate descent: the objective falls with each step, and the fit is deterministic. Standardise first.
 *
 * @throws DEFINITION_ILLEGAL for options; from `fit` as `logisticRegression`.
 * @example
 * const { model } = l1Logistic({ C: 0.05 }).fit({ X, y, classes: ["no", "yes"] });
 */
export function l1Logistic(options: L1LogisticOptions = {}): { fit(rows: L1LogisticRows): L1LogisticFit } {
  const { C = 1, maxIterations = 500, tolerance = 1e-4 } = options;
  positive("l1Logistic", "C", C);
  positiveInteger("l1Logistic", "maxIterations", maxIterations);
  positive("l1Logistic", "tolerance", tolerance);
  return Object.freeze({
    fit(rows: L1LogisticRows): L1LogisticFit {
      const { weight, total } = checkTrainingRows("l1Logistic.fit", rows);
      const blocks = blocksOf(rows, weight, total);
      const report = descendBlocks(blocks, 1 / (C * total), { tolerance, maxIterations });
      return Object.freeze({ model: modelOf(rows, blocks), report });
    },
  });
}

/**
 * The largest `C` at which every column is left out: where a path over `C` begins.
 *
 * @throws as `logisticRegression.fit`.
 */
export function smallestC(rows: TrainingRows): number {
  const { weight, total } = checkTrainingRows("smallestC", rows);
  let largest = 0;
  for (const { columns, target } of blocksOf(rows, weight, total)) {
    const share = dot(target, weight) / total;
    const off = target.map((value, i) => weight[i]! * (value - share));
    for (const column of columns) largest = Math.max(largest, Math.abs(dot(column, off)));
  }
  return largest > 0 ? 1 / largest : Infinity;
}

/** A block for each class; of two classes for the second. */
function blocksOf(rows: L1LogisticRows, weight: Float64Array, total: number): readonly LogisticBlock[] {
  const { X, y, classes, initial } = rows;
  const columns = columnsOf(X);
  const shares = weight.map((value) => value / total);
  const K = classes.length;
  const own = K === 2 ? [1] : Array.from({ length: K }, (_, k) => k);
  return own.map((k) => {
    const coefficients = new Float64Array(X.columns + 1);
    if (initial !== undefined && initial.features === X.columns && initial.classes.length === K) {
      // Of two classes the difference counts.
      const base = (j: number) => (K === 2 ? initial.weights.values[j * K]! : 0);
      for (let j = 0; j < X.columns; j++) coefficients[j] = initial.weights.values[j * K + k]! - base(j);
      coefficients[X.columns] = initial.intercepts[k]! - (K === 2 ? initial.intercepts[0]! : 0);
    }
    const scores = new Float64Array(X.rows).fill(coefficients[X.columns]!);
    for (const [j, column] of columns.entries())
      if (coefficients[j] !== 0) for (let i = 0; i < X.rows; i++) scores[i]! += coefficients[j]! * column[i]!;
    const target = Float64Array.from(y, (label) => +(label === k));
    return { columns, weight: shares, target, coefficients, scores };
  });
}

function columnsOf({ rows, columns, values }: Matrix): readonly Float64Array[] {
  return Array.from({ length: columns }, (_, j) => {
    const column = new Float64Array(rows);
    for (let i = 0, at = j; i < rows; i++, at += columns) column[i] = values[at]!;
    return column;
  });
}

function descendBlocks(
  blocks: readonly LogisticBlock[],
  lambda: number,
  { tolerance, maxIterations }: { readonly tolerance: number; readonly maxIterations: number },
): DescentReport {
  const rows = blocks[0]!.weight.length;
  const offset = new Float64Array(rows);
  for (let iterations = 1; ; iterations++) {
    let violation = 0;
    for (const [at, block] of blocks.entries()) {
      if (blocks.length > 1) sumOfOthers(blocks, at, offset);
      violation = Math.max(violation, stepBlock(block, offset, lambda, tolerance));
    }
    if (violation <= tolerance || iterations >= maxIterations)
      return Object.freeze({ converged: violation <= tolerance, iterations, gap: violation });
  }
}

/** The logarithm of the sum of the other classes' exponentials, for each row. */
function sumOfOthers(blocks: readonly LogisticBlock[], own: number, offset: Float64Array): void {
  for (let i = 0; i < offset.length; i++) {
    let most = -Infinity;
    for (let k = 0; k < blocks.length; k++) if (k !== own) most = Math.max(most, blocks[k]!.scores[i]!);
    let sum = 0;
    for (let k = 0; k < blocks.length; k++) if (k !== own) sum += Math.exp(blocks[k]!.scores[i]! - most);
    offset[i] = most + Math.log(sum);
  }
}

function modelOf({ X, classes }: TrainingRows, blocks: readonly LogisticBlock[]): LogisticModel {
  const K = classes.length;
  const weights = new Float64Array(X.columns * K);
  const intercepts = new Float64Array(K);
  const first = K === 2 ? 1 : 0;
  for (const [at, { coefficients }] of blocks.entries()) {
    for (let j = 0; j < X.columns; j++) weights[j * K + at + first] = coefficients[j]!;
    intercepts[at + first] = coefficients[X.columns]!;
  }
  if (K > 2) {
    // Intercepts may all move by one number; their mean is 0, as scikit-learn's from zeros.
    const mean = intercepts.reduce((sum, value) => sum + value, 0) / K;
    for (let k = 0; k < K; k++) intercepts[k]! -= mean;
  }
  return logisticModel({ classes, weights: matrix(X.columns, K, weights), intercepts });
}
