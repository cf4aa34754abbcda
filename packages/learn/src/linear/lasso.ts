import { illegalOption, notNegative, positive, positiveInteger } from "../net/check-option.ts";
import { centredRows, type CentredRows, type TargetRows } from "./centred.ts";
import { descendLasso, dot, largestPenalty, lassoStart, type LassoState } from "./lasso-descent.ts";
import { linearModel, type DescentReport, type LinearModel } from "./linear-model.ts";

/** What {@link lasso} takes. */
export interface LassoOptions {
  /** Strength of the penalty, as scikit-learn's `alpha`. Default 1. */
  readonly alpha?: number;
  /** Passes over the coordinates at most. Default 1000. */
  readonly maxIterations?: number;
  /** The duality gap at which the fit has converged, as a share of the target's squares. Default 1e-4, as scikit-learn's. */
  readonly tolerance?: number;
}

/**
 * Linear regression with an L1 penalty, which leaves columns out (R. Tibshirani, "Regression Shrinkage and Selection via the
 * Lasso", JRSS B 58, 1996). It minimises `sum((y - X w - b)^2) / (2 N) + alpha * sum|w|` by coordinate descent: scikit-learn's
 * `Lasso(alpha)`. The intercept is not penalised. Standardise the columns first, or the penalty weighs on their units.
 *
 * @throws DEFINITION_ILLEGAL for options; from `fit` ARGUMENT_INVALID, NOT_ENOUGH_DATA and DATA_MALFORMED for rows.
 * @example
 * const model = lasso({ alpha: 0.1 }).fit({ X, y });
 * model.coefficients.filter((w) => w !== 0).length; // columns in play
 */
export function lasso(options: LassoOptions = {}): { fit(rows: TargetRows): LinearModel } {
  const { alpha = 1, maxIterations = 1000, tolerance = 1e-4 } = options;
  notNegative("lasso", "alpha", alpha);
  positiveInteger("lasso", "maxIterations", maxIterations);
  positive("lasso", "tolerance", tolerance);
  return Object.freeze({
    fit(rows: TargetRows): LinearModel {
      const centred = centredRows("lasso.fit", rows);
      const state = lassoStart(centred);
      const report = descendLasso(centred, alpha, state, { tolerance, maxIterations });
      return modelOf(centred, state, report);
    },
  });
}

/** What {@link lassoPath} takes beside rows. */
export interface LassoPathOptions extends Omit<LassoOptions, "alpha"> {
  /** Penalties, descending. Default `count` of them from the smallest that leaves all columns out, in equal ratios. */
  readonly alphas?: readonly number[];
  /** Default 100. */
  readonly count?: number;
  /** The last penalty as a share of the first. Default 1e-3. */
  readonly least?: number;
  /** Ends the path when so many columns are in play. Default: never. */
  readonly most?: number;
}

/** A model of a path. */
export interface LassoStep {
  readonly alpha: number;
  /** Columns in play. */
  readonly active: number;
  readonly model: LinearModel;
}

/**
 * The models of descending penalties, each fitted from the one before: scikit-learn's `lasso_path`.
 *
 * @throws as {@link lasso}.
 * @example
 * const first = lassoPath({ X, y }).find(({ active }) => active >= 5);
 */
export function lassoPath(rows: TargetRows, options: LassoPathOptions = {}): readonly LassoStep[] {
  const who = "lassoPath";
  const { maxIterations = 1000, tolerance = 1e-4, count = 100, least = 1e-3, most = Infinity } = options;
  positiveInteger(who, "maxIterations", maxIterations);
  positive(who, "tolerance", tolerance);
  const centred = centredRows(who, rows);
  const alphas = options.alphas ?? penaltyGrid(who, largestPenalty(centred), count, least);
  const state = lassoStart(centred);
  const steps: LassoStep[] = [];
  for (const alpha of alphas) {
    notNegative(who, "alphas", alpha);
    const report = descendLasso(centred, alpha, state, { tolerance, maxIterations });
    const model = modelOf(centred, state, report);
    const active = model.coefficients.reduce((sum, value) => sum + +(value !== 0), 0);
    steps.push(Object.freeze({ alpha, active, model }));
    if (active >= most) break;
  }
  return Object.freeze(steps);
}

/** Penalties in equal ratios from the largest down. */
export function penaltyGrid(who: string, largest: number, count: number, least: number): readonly number[] {
  positiveInteger(who, "count", count);
  if (!(least > 0 && least < 1)) throw illegalOption(who, "least", "a number between 0 and 1", String(least));
  // Nothing goes with the target: any penalty leaves all out.
  const first = largest > 0 ? largest : 1;
  return Array.from({ length: count }, (_, at) => first * least ** (count === 1 ? 0 : at / (count - 1)));
}

function modelOf(rows: CentredRows, state: LassoState, report: DescentReport): LinearModel {
  const coefficients = state.coefficients.slice();
  const intercept = rows.targetMean - dot(coefficients, rows.means);
  return linearModel({ kind: "lasso", coefficients, intercept, report });
}
