import { tidelineError } from "@tideline/spec";
import { predictClasses } from "../../../classifier.ts";
import { matrix, type Matrix } from "../../../matrix.ts";
import { accuracy } from "../../../metric/accuracy.ts";
import { macroF1 } from "../../../metric/classification-report.ts";
import { logLoss } from "../../../metric/log-loss.ts";
import { checkPairs } from "../../../metric/pair.ts";
import { areaUnderRoc } from "../../boost/metric/area-under-roc.ts";

/** What a model says of rows: a class or number for each [N], or as many as there are classes or outputs [N, K]. */
export type Prediction = ArrayLike<number> | Matrix;

/** A figure of merit of predictions. */
export interface ImportanceMetric {
  readonly name: string;
  readonly better: "higher" | "lower";
  /** @param y [N], as in the rows. */
  of(y: ArrayLike<number>, predicted: Prediction): number;
}

/** The metrics that have a name. */
export type ImportanceMetricName =
  | "accuracy"
  | "macroF1"
  | "logLoss"
  | "areaUnderRoc"
  | "rootMeanSquaredError"
  | "meanAbsoluteError"
  | "r2";

/**
 * The metrics by name. "accuracy" and "macroF1" take classes, or probabilities of which the largest decides; "logLoss" takes
 * probabilities [N, K], "areaUnderRoc" those of two classes, or the second's or its scores; the others numbers. "r2" is the coefficient of determination.
 */
export const IMPORTANCE_METRICS = {
  accuracy: {
    name: "accuracy",
    better: "higher",
    of: (y, predicted) => accuracy(listed("accuracy", "y", y), classesOf("accuracy", predicted)),
  },
  macroF1: {
    name: "macroF1",
    better: "higher",
    of(y, predicted) {
      const classes = classesOf("macroF1", predicted);
      const most = Math.max(largest(y), largest(classes));
      return macroF1(listed("macroF1", "y", y), classes, Math.max(2, most + 1));
    },
  },
  logLoss: {
    name: "logLoss",
    better: "lower",
    of(y, predicted) {
      if (isMatrix(predicted)) return logLoss(listed("logLoss", "y", y), predicted);
      throw tidelineError("ARGUMENT_INVALID", {
        who: "metric logLoss",
        field: "predicted",
        expected: "probabilities of each class, a matrix",
        received: "one number a row",
        remedy: "Predict probabilities.",
      });
    },
  },
  areaUnderRoc: {
    name: "areaUnderRoc",
    better: "higher",
    of(y, predicted) {
      const wide = isMatrix(predicted) && predicted.columns > 1;
      if (wide && predicted.columns > 2)
        throw tidelineError("ARGUMENT_INVALID", {
          who: "metric areaUnderRoc",
          field: "predicted",
          expected: "probabilities of two classes, or scores",
          received: `${predicted.columns} columns`,
        });
      const scores = isMatrix(predicted) ? predicted.values : predicted;
      checkPairs("metric areaUnderRoc", y, wide ? { length: predicted.rows } : scores);
      return areaUnderRoc(y, wide ? Float64Array.from(y, (_, row) => scores[2 * row + 1]!) : scores);
    },
  },
  rootMeanSquaredError: {
    name: "rootMeanSquaredError",
    better: "lower",
    of: (y, predicted) =>
      Math.sqrt(meanError("rootMeanSquaredError", y, predicted, (error) => error * error)),
  },
  meanAbsoluteError: {
    name: "meanAbsoluteError",
    better: "lower",
    of: (y, predicted) => meanError("meanAbsoluteError", y, predicted, Math.abs),
  },
  r2: {
    name: "r2",
    better: "higher",
    of(y, predicted) {
      const squared = meanError("r2", y, predicted, (error) => error * error);
      const mean = meanError("r2", y, new Float64Array(y.length), (value) => -value);
      const constant = new Float64Array(y.length).fill(mean);
      return 1 - squared / meanError("r2", y, constant, (error) => error * error);
    },
  },
} satisfies Record<ImportanceMetricName, ImportanceMetric>;

function isMatrix(predicted: Prediction): predicted is Matrix {
  return "values" in predicted && "columns" in predicted;
}

/** Numbers as classes. @throws ARGUMENT_INVALID for what is no position of one. */
function listed(name: string, field: string, values: ArrayLike<number>): Int32Array {
  if (values instanceof Int32Array) return values;
  return Int32Array.from(values, (value) => {
    if (Number.isInteger(value) && value >= 0 && value < 2 ** 31) return value;
    throw tidelineError("ARGUMENT_INVALID", {
      who: `metric ${name}`,
      field,
      expected: "positions of classes, whole numbers of at least 0",
      received: String(value),
    });
  });
}

function classesOf(name: string, predicted: Prediction): Int32Array {
  if (!isMatrix(predicted)) return listed(name, "predicted", predicted);
  if (predicted.columns > 1) return predictClasses(predicted);
  return predictClasses(
    matrix(
      predicted.rows,
      2,
      Float64Array.from({ length: 2 * predicted.rows }, (_, at) => {
        const share = predicted.values[at >> 1]!;
        return at % 2 === 0 ? 1 - share : share;
      }),
    ),
  );
}

function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let at = 0; at < values.length; at++) most = Math.max(most, values[at]!);
  return most;
}

function meanError(
  name: string,
  y: ArrayLike<number>,
  predicted: Prediction,
  of: (error: number) => number,
): number {
  const values = isMatrix(predicted) ? predicted.values : predicted;
  checkPairs(`metric ${name}`, y, values);
  let sum = 0;
  for (let at = 0; at < y.length; at++) sum += of(values[at]! - y[at]!);
  return sum / y.length;
}
