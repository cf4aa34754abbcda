import { logisticModel, type LogisticModel } from "../logistic-regression.ts";
import type { TrainingRows } from "../classifier.ts";
import { matrix, type Matrix } from "../matrix.ts";
import { stepBlock, type LogisticBlock } from "./l1-block.ts";
import type { DescentReport } from "./linear-model.ts";

/** Rows to fit, and a model to begin with. */
export interface L1LogisticRows extends TrainingRows {
  /** A model with the same features and classes: makes a path over `C` cheap. Default zeros. */
  readonly initial?: LogisticModel;
}

/** A fitted model, and how its fit ended. */
export interface L1LogisticFit {
  readonly model: LogisticModel;
  readonly report: DescentReport;
}

/** When a fit ends, and the weights of rows by their sum. */
export interface L1Setting {
  readonly lambda: number;
  readonly tolerance: number;
  readonly maxIterations: number;
}

/** Fits an L1 logistic regression to rows that were checked, by columns that a path takes out once. */
export function fitL1(
  rows: L1LogisticRows,
  columns: readonly Float64Array[],
  shares: Float64Array,
  setting: L1Setting,
): L1LogisticFit {
  const blocks = logisticBlocks(rows, columns, shares);
  const report = descendBlocks(blocks, setting);
  return Object.freeze({ model: modelOf(rows, blocks), report });
}

/** The columns of a matrix. */
export function columnsOf({ rows, columns, values }: Matrix): readonly Float64Array[] {
  return Array.from({ length: columns }, (_, j) => {
    const column = new Float64Array(rows);
    for (let i = 0, at = j; i < rows; i++, at += columns) column[i] = values[at]!;
    return column;
  });
}

/** A block for each class; of two classes for the second. */
export function logisticBlocks(
  rows: L1LogisticRows,
  columns: readonly Float64Array[],
  shares: Float64Array,
): readonly LogisticBlock[] {
  const { X, y, classes, initial } = rows;
  const K = classes.length;
  const own = K === 2 ? [1] : Array.from({ length: K }, (_, k) => k);
  return own.map((k) => {
    const coefficients = new Float64Array(X.columns + 1);
    if (initial !== undefined) {
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

function descendBlocks(
  blocks: readonly LogisticBlock[],
  { lambda, tolerance, maxIterations }: L1Setting,
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
