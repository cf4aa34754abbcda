import { tidelineError } from "@tideline/spec";
import type { Classifier, Estimator, TrainingRows } from "./classifier.ts";
import { checkTrainingRows, checkWidth, predictClasses } from "./classifier.ts";
import type { LbfgsState, StopReason } from "./lbfgs.ts";
import { lbfgs } from "./lbfgs.ts";
import { logisticLoss } from "./logistic-loss.ts";
import type { Matrix } from "./matrix.ts";
import { matrix } from "./matrix.ts";
import { PANEL_ROWS, packPanels, paddedClasses, panelScores } from "./panel.ts";
import { softmaxInPlace } from "./softmax.ts";
import { sparseScores } from "./sparse-logistic-loss.ts";
import { isSparse, type SparseMatrix } from "./sparse-matrix.ts";

/** What {@link logisticRegression} takes. */
export interface LogisticRegressionOptions {
  /** Inverse strength of the penalty, as scikit-learn's `C`. Default 1. */
  readonly C?: number;
  /** Default 200. */
  readonly maxIterations?: number;
  /** Largest component of the gradient of the mean loss at which the fit has converged. Default 1e-4. */
  readonly tolerance?: number;
  /** Called after each iteration. */
  readonly onIteration?: (state: LbfgsState) => void;
}

/** Rows to fit, and the model to begin with. */
export interface LogisticRegressionRows extends Omit<TrainingRows, "X"> {
  /** [N, F]; of a sparse table only the numbers that are there are touched. */
  readonly X: Matrix | SparseMatrix;
  /** A model with the same features and number of classes: makes a path over `C` cheap. Default zeros. */
  readonly initial?: LogisticModel;
}

/** How a fit ended. */
export interface FitReport {
  readonly reason: StopReason;
  readonly converged: boolean;
  readonly iterations: number;
  readonly evaluations: number;
  /** Mean log loss plus the penalty, divided by the total weight. */
  readonly objective: number;
  readonly gradientNorm: number;
}

/** A fitted multinomial logistic regression: probabilities are softmax(X W + b). */
export interface LogisticModel extends Classifier {
  readonly kind: "logistic-regression";
  /** [F, K], float64. */
  readonly weights: Matrix;
  /** [K] */
  readonly intercepts: Float64Array;
  /** Absent for a model made from stored numbers. */
  readonly report?: FitReport;
  predictProbabilities(X: Matrix | SparseMatrix): Matrix;
  predict(X: Matrix | SparseMatrix): Int32Array;
}

/** The configuration of a multinomial logistic regression. */
export interface LogisticRegression extends Estimator<LogisticModel> {
  fit(rows: LogisticRegressionRows): LogisticModel;
}

/**
 * Multinomial logistic regression with an L2 penalty on the weights, not on the intercepts. It minimises
 * `C * sum(weighted log losses) + 0.5 * ||W||^2` by L-BFGS; the model is that of scikit-learn's
 * `LogisticRegression(C=C)` for three classes or more. For two classes this stays a softmax of two columns, whose
 * penalty equals scikit-learn's single column at `2 * C`. The fit is deterministic.
 *
 * Standardise the columns first, or many iterations are needed; of a sparse table (TF-IDF) rows have length 1 already.
 *
 * @throws ARGUMENT_INVALID for an illegal option, label, weight or initial model; NOT_ENOUGH_DATA;
 *   DATA_MALFORMED when X has a value that is not finite.
 * @example
 * const model = logisticRegression({ C: 0.1 }).fit({ X, y, classes: ["sit", "stand", "walk"] });
 * model.predictProbabilities(X); // [N, 3]
 */
export function logisticRegression(options: LogisticRegressionOptions = {}): LogisticRegression {
  const { C = 1, maxIterations = 200, tolerance = 1e-4, onIteration } = options;
  positive("C", C);
  positive("maxIterations", maxIterations);
  positive("tolerance", tolerance);
  return Object.freeze({
    fit(rows: LogisticRegressionRows) {
      const { X, y, classes, initial } = rows;
      const { weight, total } = checkTrainingRows("logisticRegression.fit", rows);
      const F = X.columns;
      const K = classes.length;
      const objective = logisticLoss({ X, y, classCount: K, weight, total, l2: 1 / (C * total) });
      const start = initial === undefined ? new Float64Array((F + 1) * K) : parametersOf(initial, F, K);
      const found = lbfgs(objective, start, {
        maxIterations,
        tolerance,
        ...(onIteration === undefined ? {} : { onIteration }),
      });
      const report: FitReport = Object.freeze({
        reason: found.reason,
        converged: found.reason === "gradient" || found.reason === "decrease",
        iterations: found.iterations,
        evaluations: found.evaluations,
        objective: found.value,
        gradientNorm: found.gradientNorm,
      });
      const weights = matrix(F, K, found.x.slice(0, F * K));
      return logisticModel({ classes, weights, intercepts: found.x.slice(F * K), report });
    },
  });
}

/**
 * A model from its numbers, for one that was stored.
 *
 * @throws MODEL_MALFORMED when the shapes of classes, weights and intercepts disagree.
 */
export function logisticModel(parts: {
  readonly classes: readonly string[];
  readonly weights: Matrix;
  readonly intercepts: Float64Array;
  readonly report?: FitReport;
}): LogisticModel {
  const { weights, intercepts } = parts;
  const classes = Object.freeze([...parts.classes]);
  if (weights.columns !== classes.length || intercepts.length !== classes.length) {
    throw tidelineError("MODEL_MALFORMED", {
      who: "logisticModel",
      field: "weights, intercepts",
      expected: `${classes.length} columns and intercepts, one for each class`,
      received: `${weights.columns} and ${intercepts.length}`,
    });
  }
  const predictProbabilities = (X: Matrix | SparseMatrix) => probabilities(X, weights, intercepts);
  return Object.freeze({
    kind: "logistic-regression",
    classes,
    features: weights.rows,
    weights,
    intercepts,
    ...(parts.report === undefined ? {} : { report: parts.report }),
    predictProbabilities,
    predict: (X: Matrix | SparseMatrix) => predictClasses(predictProbabilities(X)),
  });
}

function probabilities(X: Matrix | SparseMatrix, weights: Matrix, intercepts: Float64Array): Matrix {
  checkWidth("logisticModel.predictProbabilities", X, weights.rows);
  const K = intercepts.length;
  if (isSparse(X)) return sparseProbabilities(X, weights, intercepts);
  const panels = packPanels(X);
  const stride = paddedClasses(K);
  const padded = new Float64Array(panels.width * stride);
  for (let j = 0; j < weights.rows; j++) {
    for (let k = 0; k < K; k++) padded[j * stride + k] = weights.values[j * K + k]!;
  }
  padded.set(intercepts, weights.rows * stride);
  const scores = new Float64Array(PANEL_ROWS * stride);
  const out = new Float64Array(X.rows * K);
  for (let i = 0; i < X.rows; i++) {
    const lane = i % PANEL_ROWS;
    if (lane === 0) panelScores(panels, i * panels.width, padded, stride, scores);
    softmaxInPlace(scores, lane * stride, K);
    out.set(scores.subarray(lane * stride, lane * stride + K), i * K);
  }
  return matrix(X.rows, K, out);
}

function sparseProbabilities(X: SparseMatrix, weights: Matrix, intercepts: Float64Array): Matrix {
  const K = intercepts.length;
  const parameters = new Float64Array(weights.values.length + K);
  parameters.set(weights.values);
  parameters.set(intercepts, weights.values.length);
  const scores = new Float64Array(K);
  const out = new Float64Array(X.rows * K);
  for (let row = 0; row < X.rows; row++) {
    sparseScores(X, X.indptr[row]!, X.indptr[row + 1]!, parameters, K, scores);
    softmaxInPlace(scores, 0, K);
    out.set(scores, row * K);
  }
  return matrix(X.rows, K, out);
}

function parametersOf(model: LogisticModel, F: number, K: number): Float64Array {
  if (model.features !== F || model.classes.length !== K) {
    throw tidelineError("ARGUMENT_INVALID", {
      who: "logisticRegression.fit",
      field: "initial",
      expected: `a model of ${F} features and ${K} classes`,
      received: `${model.features} and ${model.classes.length}`,
    });
  }
  const out = new Float64Array((F + 1) * K);
  out.set(model.weights.values);
  out.set(model.intercepts, F * K);
  return out;
}

function positive(field: string, value: number): void {
  if (value > 0 && value < Infinity) return;
  throw tidelineError("ARGUMENT_INVALID", {
    who: "logisticRegression",
    field,
    expected: "a positive finite number",
    received: String(value),
  });
}
