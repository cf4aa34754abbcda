import type { Objective } from "./lbfgs.ts";
import type { Indices, Matrix } from "./matrix.ts";
import { PANEL_ROWS, addPanelGradient, packPanels, paddedClasses, panelScores } from "./panel.ts";
import { classResiduals } from "./class-residual.ts";
import { isSparse, type SparseMatrix } from "./sparse-matrix.ts";
import { sparseLogisticLoss } from "./sparse-logistic-loss.ts";

/** What {@link logisticLoss} takes; the arrays are those that `checkTrainingRows` has passed. */
export interface LogisticLossOptions {
  readonly X: Matrix | SparseMatrix;
  readonly y: Indices;
  readonly classCount: number;
  /** [N] */
  readonly weight: Float64Array;
  /** Sum of `weight`. */
  readonly total: number;
  /** Factor of 0.5 ||W||^2. */
  readonly l2: number;
}

/**
 * The objective of multinomial logistic regression and its gradient:
 *
 *   sum_i weight_i * logloss_i / total + 0.5 * l2 * ||W||^2
 *
 * over parameters [F + 1, K], row-major, whose last row holds the intercepts (not penalised). The rows are packed
 * once; each evaluation passes over them once, in panels that stay in the first-level cache between the product
 * and its transpose; sparse rows are passed over as they are. Sums are float64 and in the order of the rows, hence
 * deterministic.
 */
export function logisticLoss(options: LogisticLossOptions): Objective {
  const { X } = options;
  return isSparse(X) ? sparseLogisticLoss({ ...options, X }) : denseLogisticLoss({ ...options, X });
}

function denseLogisticLoss(options: LogisticLossOptions & { readonly X: Matrix }): Objective {
  const { y, classCount: K, weight, total, l2 } = options;
  const panels = packPanels(options.X);
  const { rows, width } = panels;
  const stride = paddedClasses(K);
  const padded = new Float64Array(width * stride);
  const sums = new Float64Array(width * stride);
  const scores = new Float64Array(PANEL_ROWS * stride);

  return (parameters, gradient) => {
    for (let j = 0; j < width; j++) {
      for (let k = 0; k < K; k++) padded[j * stride + k] = parameters[j * K + k]!;
    }
    sums.fill(0);
    let loss = 0;
    for (let i = 0; i < rows; i += PANEL_ROWS) {
      const offset = i * width;
      panelScores(panels, offset, padded, stride, scores);
      for (let lane = 0; lane < PANEL_ROWS; lane++) {
        const from = lane * stride;
        if (i + lane < rows) loss += classResiduals(scores, from, K, y[i + lane]!, weight[i + lane]! / total);
        else scores.fill(0, from, from + stride);
      }
      addPanelGradient(panels, offset, scores, stride, sums);
    }
    let penalty = 0;
    for (let j = 0; j < width; j++) {
      const decay = j === width - 1 ? 0 : l2;
      for (let k = 0; k < K; k++) {
        const parameter = parameters[j * K + k]!;
        gradient[j * K + k] = sums[j * stride + k]! + decay * parameter;
        penalty += decay * parameter * parameter;
      }
    }
    return loss + 0.5 * penalty;
  };
}
