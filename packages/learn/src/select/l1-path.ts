import { checkTrainingRows } from "../classifier.ts";
import { centredRows } from "../linear/centred.ts";
import { columnsOf, fitL1 } from "../linear/l1-fit.ts";
import { smallestC } from "../linear/l1-logistic.ts";
import { largestPenalty } from "../linear/lasso-descent.ts";
import { lassoPath, penaltyGrid } from "../linear/lasso.ts";
import type { LogisticModel } from "../logistic-regression.ts";
import type { Matrix } from "../matrix.ts";
import type { Labels } from "../transform/transform-def.ts";

/** A model of an L1 path, seen by its columns. */
export interface L1Step {
  /** Of the mean loss: lasso's `alpha`, or `1 / (C N)` of a logistic regression. */
  readonly penalty: number;
  /** [F], the sum over classes of the sizes of coefficients. */
  readonly size: Float64Array;
  /** Columns in play. */
  readonly active: number;
  /** The mean loss on other rows: half the squared error, or the log loss. */
  loss(X: Matrix, labels: Labels): number;
}

/** Where and how far a path goes. */
export interface L1PathLimits {
  /** Penalties, descending. */
  readonly penalties: readonly number[];
  /** Ends where more columns than this are in play. */
  readonly most?: number;
}

/** The penalties of a path over these rows, from the smallest that leaves every column out. */
export function l1Penalties(
  who: string,
  X: Matrix,
  labels: Labels,
  count: number,
  least: number,
): readonly number[] {
  const largest =
    labels.kind === "values"
      ? largestPenalty(centredRows(who, { X, y: labels.y }))
      : 1 / (smallestC({ X, y: labels.y, classes: labels.classes }) * X.rows);
  return penaltyGrid(who, largest, count, least);
}

/** The models of a path, each from the one before, one at a time. */
export function* l1Path(
  X: Matrix,
  labels: Labels,
  { penalties, most = Infinity }: L1PathLimits,
): Generator<L1Step> {
  if (labels.kind === "values") {
    // The path keeps its state from step to step; `most` ends it, and what is not asked for is cheap.
    for (const { alpha, active, model } of lassoPath(
      { X, y: labels.y },
      { alphas: penalties, most: most + 1 },
    ))
      yield {
        penalty: alpha,
        size: model.coefficients.map(Math.abs),
        active,
        loss: (rows, { y }) =>
          model.predict(rows).reduce((sum, p, at) => sum + (p - y[at]!) ** 2, 0) / (2 * y.length),
      };
    return;
  }
  const { y, classes } = labels;
  const { weight, total } = checkTrainingRows("selectL1", { X, y, classes });
  const shares = weight.map((value) => value / total);
  const columns = columnsOf(X);
  let initial: LogisticModel | undefined;
  for (const lambda of penalties) {
    const rows = { X, y, classes, ...(initial === undefined ? {} : { initial }) };
    const { model } = fitL1(rows, columns, shares, { lambda, tolerance: 1e-4, maxIterations: 500 });
    initial = model;
    const size = sizesOf(model);
    const active = size.reduce((sum, value) => sum + +(value !== 0), 0);
    yield { penalty: lambda, size, active, loss: (held, truth) => logLossOf(model, held, truth.y) };
    if (active > most) return;
  }
}

/** The sum over classes of the sizes of a model's coefficients, for each column. */
function sizesOf({ weights: { rows, columns, values } }: LogisticModel): Float64Array {
  const size = new Float64Array(rows);
  for (let j = 0; j < rows; j++)
    for (let k = 0; k < columns; k++) size[j]! += Math.abs(values[j * columns + k]!);
  return size;
}

function logLossOf(model: LogisticModel, X: Matrix, y: ArrayLike<number>): number {
  const { columns, values } = model.predictProbabilities(X);
  let sum = 0;
  for (let at = 0; at < X.rows; at++) sum -= Math.log(Math.max(1e-300, values[at * columns + y[at]!]!));
  return sum / X.rows;
}
