import { classResiduals } from "./class-residual.ts";
import type { Objective } from "./lbfgs.ts";
import type { LogisticLossOptions } from "./logistic-loss.ts";
import type { SparseMatrix } from "./sparse-matrix.ts";

/** The objective of `logisticLoss` over sparse rows: only numbers that are there are touched. */
export function sparseLogisticLoss(
  options: Omit<LogisticLossOptions, "X"> & { readonly X: SparseMatrix },
): Objective {
  const { X, y, classCount: K, weight, total, l2 } = options;
  const { rows, columns, indptr } = X;
  const scores = new Float64Array(K);
  return (parameters, gradient) => {
    let penalty = 0;
    for (let at = 0; at < columns * K; at++) {
      gradient[at] = l2 * parameters[at]!;
      penalty += parameters[at]! * parameters[at]!;
    }
    gradient.fill(0, columns * K);
    let loss = 0;
    for (let row = 0; row < rows; row++) {
      const [from, to] = [indptr[row]!, indptr[row + 1]!];
      sparseScores(X, from, to, parameters, K, scores);
      loss += classResiduals(scores, 0, K, y[row]!, weight[row]! / total);
      addSparseGradient(X, from, to, scores, K, gradient);
    }
    return loss + 0.5 * l2 * penalty;
  };
}

/** The scores of one row: its numbers from `from` to `to` times parameters [columns + 1, K], whose last row is added. */
export function sparseScores(
  { columns, indices, values }: SparseMatrix,
  from: number,
  to: number,
  parameters: Float64Array,
  K: number,
  scores: Float64Array,
): void {
  for (let k = 0; k < K; k++) scores[k] = parameters[columns * K + k]!;
  for (let at = from; at < to; at++) {
    const value = values[at]!;
    const place = indices[at]! * K;
    for (let k = 0; k < K; k++) scores[k]! += value * parameters[place + k]!;
  }
}

function addSparseGradient(
  { columns, indices, values }: SparseMatrix,
  from: number,
  to: number,
  residuals: Float64Array,
  K: number,
  gradient: Float64Array,
): void {
  for (let at = from; at < to; at++) {
    const value = values[at]!;
    const place = indices[at]! * K;
    for (let k = 0; k < K; k++) gradient[place + k]! += value * residuals[k]!;
  }
  for (let k = 0; k < K; k++) gradient[columns * K + k]! += residuals[k]!;
}
