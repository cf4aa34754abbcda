import { tidelineError } from "@tideline/spec";
import { checkTrainingRows, type TrainingRows } from "../classifier.ts";
import { positive, positiveInteger } from "../net/check-option.ts";
import { columnsOf, fitL1, logisticBlocks, type L1LogisticFit, type L1LogisticRows } from "./l1-fit.ts";
import { dot } from "./lasso-descent.ts";

export type { L1LogisticFit, L1LogisticRows } from "./l1-fit.ts";

/** What {@link l1Logistic} takes. */
export interface L1LogisticOptions {
  /** Inverse strength of the penalty, as scikit-learn's `C`. Default 1. */
  readonly C?: number;
  /** Steps of each class at most. Default 500. */
  readonly maxIterations?: number;
  /** The largest violation of optimality of the mean loss at which the fit has converged. Default 1e-4. */
  readonly tolerance?: number;
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
      checkInitial(rows);
      const shares = weight.map((value) => value / total);
      return fitL1(rows, columnsOf(rows.X), shares, { lambda: 1 / (C * total), tolerance, maxIterations });
    },
  });
}

/**
 * The smallest `C` from which on columns come into play: where a path over `C` begins.
 *
 * @throws as `logisticRegression.fit`.
 */
export function smallestC(rows: TrainingRows): number {
  const { weight, total } = checkTrainingRows("smallestC", rows);
  let largest = 0;
  const shares = weight.map((value) => value / total);
  for (const { columns, target } of logisticBlocks(rows, columnsOf(rows.X), shares)) {
    const share = dot(target, weight) / total;
    const off = target.map((value, i) => weight[i]! * (value - share));
    for (const column of columns) largest = Math.max(largest, Math.abs(dot(column, off)));
  }
  return largest > 0 ? 1 / largest : Infinity;
}

function checkInitial({ X, classes, initial }: L1LogisticRows): void {
  if (initial === undefined) return;
  if (initial.features === X.columns && initial.classes.length === classes.length) return;
  throw tidelineError("ARGUMENT_INVALID", {
    who: "l1Logistic.fit",
    field: "initial",
    expected: `a model of ${X.columns} features and ${classes.length} classes`,
    received: `${initial.features} and ${initial.classes.length}`,
  });
}
