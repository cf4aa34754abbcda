import type { GraphBuilder, Value } from "@tideline/graph";
import { tidelineError } from "@tideline/spec";
import { checkWidth } from "../classifier.ts";
import type { Matrix } from "../matrix.ts";

/** A fitted linear model of a number: `X w + b`. */
export interface LinearModel {
  /** The estimator that it comes from. */
  readonly kind: string;
  /** Columns that it expects. */
  readonly features: number;
  /** [F], in the unit of the target by that of the column. */
  readonly coefficients: Float64Array;
  readonly intercept: number;
  /** How the fit ended; absent for a model made from stored numbers. */
  readonly report?: DescentReport;
  /** [N], float64. Errors: ARGUMENT_INVALID when the width of `X` differs. */
  predict(X: Matrix): Float64Array;
}

/** How a descent ended. */
export interface DescentReport {
  readonly converged: boolean;
  /** Passes over the coordinates, or steps of each class. */
  readonly iterations: number;
  /** By how much the objective is above its least value at most (lasso), or the largest violation of its optimality (logistic). */
  readonly gap: number;
}

/**
 * A model from its numbers, for one that was stored.
 *
 * @throws MODEL_MALFORMED for a number that is not finite.
 */
export function linearModel(parts: {
  readonly kind: string;
  readonly coefficients: Float64Array;
  readonly intercept: number;
  readonly report?: DescentReport;
}): LinearModel {
  const { kind, coefficients, intercept, report } = parts;
  const bad = [...coefficients, intercept].find((value) => !Number.isFinite(value));
  if (bad !== undefined)
    throw tidelineError("MODEL_MALFORMED", {
      who: kind,
      field: "coefficients, intercept",
      expected: "finite numbers",
      received: String(bad),
    });
  return Object.freeze({
    kind,
    features: coefficients.length,
    coefficients,
    intercept,
    ...(report === undefined ? {} : { report }),
    predict(X: Matrix) {
      checkWidth(`${kind}.predict`, X, coefficients.length);
      const { rows, columns, values } = X;
      const out = new Float64Array(rows);
      for (let i = 0, at = 0; i < rows; i++) {
        let sum = intercept;
        for (let j = 0; j < columns; j++) sum += values[at++]! * coefficients[j]!;
        out[i] = sum;
      }
      return out;
    },
  });
}

/**
 * Adds a fitted linear model to a graph: Gemm, in float32.
 *
 * @param x float32, [N, F]
 * @returns float32, [N, 1]
 * @throws GRAPH_ILLEGAL when the width of `x` is known and differs.
 */
export function lowerLinear(g: GraphBuilder, x: Value, model: LinearModel): Value {
  const W = g.constant(Float32Array.from(model.coefficients), [model.features, 1]);
  return g.op("Gemm", [x, W, g.constant(Float32Array.of(model.intercept))]);
}
