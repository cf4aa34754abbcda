import type { Classifier, Estimator } from "../../classifier.ts";
import { l1Logistic, type L1LogisticOptions } from "../../linear/l1-logistic.ts";
import { lasso, type LassoOptions } from "../../linear/lasso.ts";
import {
  logisticRegression,
  type LogisticModel,
  type LogisticRegressionOptions,
} from "../../logistic-regression.ts";
import type { Matrix } from "../../matrix.ts";
import { standardise } from "../../standardise.ts";
import type { Labels } from "../../transform/transform-def.ts";
import { classLabels, numberLabels } from "../check-label.ts";
import { matrixOfTable, type SelectTable } from "../select-table.ts";
import type { FittedSelectionModel, SelectionModel } from "./selection-model.ts";

/** What `byLogistic` takes. */
export interface ByLogisticOptions extends Omit<LogisticRegressionOptions, "onIteration"> {
  /** Standardises columns first, without which coefficients do not compare. Default true. */
  readonly scale?: boolean;
}

/** What `byLasso` takes: `alpha` for numbers, `C` for classes. */
export interface ByLassoOptions extends LassoOptions, Pick<L1LogisticOptions, "C"> {
  /** As of {@link ByLogisticOptions}. */
  readonly scale?: boolean;
}

/**
 * A logistic regression for selections: a column counts by the sum of the squares of its coefficients over classes, as
 * scikit-learn's recursive elimination takes it.
 *
 * @example
 * selectRfe({ model: byLogistic({ C: 0.1 }), keep: 10 });
 */
export function byLogistic(options: ByLogisticOptions = {}): SelectionModel {
  const { scale = true, ...own } = options;
  return Object.freeze({
    kind: "byLogistic",
    options: Object.freeze({ scale, ...own }),
    reads: "numbers",
    fit(table: SelectTable, given: Labels): FittedSelectionModel {
      const { y, classes } = classLabels("byLogistic", table.rows, given);
      const { X, prepare } = scaled("byLogistic", table, scale);
      const model = logisticRegression(own).fit({ X, y, classes });
      return fittedLogistic(model, prepare);
    },
  });
}

/**
 * A lasso (for numbers) or an L1 logistic regression (for classes) for selections; what it leaves out counts 0.
 *
 * @example
 * selectFromModel({ model: byLasso({ alpha: 0.05 }), threshold: 1e-5 });
 */
export function byLasso(options: ByLassoOptions = {}): SelectionModel {
  const { scale = true, C = 1, alpha = 1, maxIterations, tolerance } = options;
  const limits = {
    ...(maxIterations === undefined ? {} : { maxIterations }),
    ...(tolerance === undefined ? {} : { tolerance }),
  };
  return Object.freeze({
    kind: "byLasso",
    options: Object.freeze({ scale, C, alpha, ...limits }),
    reads: "numbers",
    fit(table: SelectTable, labels: Labels): FittedSelectionModel {
      const { X, prepare } = scaled("byLasso", table, scale);
      if (labels.kind === "classes") {
        const { y, classes } = classLabels("byLasso", table.rows, labels);
        const { model } = l1Logistic({ C, ...limits }).fit({ X, y, classes });
        return fittedLogistic(model, prepare);
      }
      const { y } = numberLabels("byLasso", table.rows, labels);
      const model = lasso({ alpha, ...limits }).fit({ X, y });
      return Object.freeze({
        importance: model.coefficients.map((w) => w * w),
        predict: (rows: SelectTable) => model.predict(prepare(rows)),
      });
    },
  });
}

/**
 * Any classifier for selections that only ask how good it is: permutation importance and sequential selection.
 *
 * @example
 * selectPermutation({ model: byEstimator("mine", estimator) });
 */
export function byEstimator<Model extends Classifier>(
  kind: string,
  estimator: Estimator<Model>,
): SelectionModel {
  return Object.freeze({
    kind,
    options: Object.freeze({}),
    reads: "numbers",
    fit(table: SelectTable, labels: Labels): FittedSelectionModel {
      const { y, classes } = classLabels(kind, table.rows, labels);
      const model = estimator.fit({ X: matrixOfTable(kind, table), y, classes });
      return { predict: (rows) => model.predictProbabilities(matrixOfTable(kind, rows)) };
    },
  });
}

function fittedLogistic(model: LogisticModel, prepare: (rows: SelectTable) => Matrix): FittedSelectionModel {
  const { rows: F, columns: K, values } = model.weights;
  const importance = new Float64Array(F);
  for (let j = 0; j < F; j++) for (let k = 0; k < K; k++) importance[j]! += values[j * K + k]! ** 2;
  return Object.freeze({
    importance,
    predict: (rows: SelectTable) => model.predictProbabilities(prepare(rows)),
  });
}

function scaled(
  who: string,
  table: SelectTable,
  scale: boolean,
): { readonly X: Matrix; readonly prepare: (rows: SelectTable) => Matrix } {
  const X = matrixOfTable(who, table);
  if (!scale) return { X, prepare: (rows) => matrixOfTable(who, rows) };
  const fitted = standardise({}).fit(X);
  return { X: fitted.transform(X), prepare: (rows) => fitted.transform(matrixOfTable(who, rows)) };
}
