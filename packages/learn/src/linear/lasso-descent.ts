import type { CentredRows } from "./centred.ts";
import type { DescentReport } from "./linear-model.ts";

/** When a descent ends. */
export interface DescentLimits {
  readonly tolerance: number;
  readonly maxIterations: number;
}

/** Coefficients and what columns have in common; changed in place as a path goes on. */
export interface LassoState {
  /** [F] */
  readonly coefficients: Float64Array;
  /** [F], the product of each column with the target. */
  readonly withTarget: Float64Array;
  /** [F], the product of each column with what is left of the target. */
  readonly along: Float64Array;
  /** The products of a column with all, from when it comes into play: a step then costs F, not N. */
  readonly products: (Float64Array | undefined)[];
}

/** Where a path begins: no column is in play. */
export function lassoStart({ columns, target }: CentredRows): LassoState {
  const withTarget = Float64Array.from(columns, (column) => dot(column, target));
  return {
    coefficients: new Float64Array(columns.length),
    withTarget,
    along: withTarget.slice(),
    products: columns.map(() => undefined),
  };
}

/** The smallest penalty at which no column is in play. */
export function largestPenalty({ columns, target, total }: CentredRows): number {
  let largest = 0;
  for (const column of columns) largest = Math.max(largest, Math.abs(dot(column, target)));
  return largest / total;
}

/**
 * Cyclic coordinate descent for the lasso, with products of columns instead of rows (J. Friedman, T. Hastie and R. Tibshirani,
 * "Regularization Paths for Generalized Linear Models via Coordinate Descent", JSS 33, 2010, section 2.2). It ends when the
 * duality gap is at most the tolerance times the target's squares, as scikit-learn's.
 */
export function descendLasso(
  rows: CentredRows,
  alpha: number,
  state: LassoState,
  { tolerance, maxIterations }: DescentLimits,
): DescentReport {
  const penalty = alpha * rows.total;
  const squares = dot(rows.target, rows.target);
  const bound = tolerance * squares;
  // A sweep that moves the fit by less is followed by a look at the gap.
  let still = 1e-3 * squares;
  for (let iterations = 0; ;) {
    const gap = dualityGap(state, squares, penalty);
    if (gap <= bound || iterations >= maxIterations)
      return Object.freeze({ converged: gap <= bound, iterations, gap: gap / rows.total });
    for (let moved = Infinity; moved > still && iterations < maxIterations; iterations++)
      moved = sweep(rows, state, penalty);
    still *= 0.1;
  }
}

/** One pass over the coordinates; the largest change of the fit, squared. */
function sweep({ columns, squares }: CentredRows, state: LassoState, penalty: number): number {
  const { coefficients, along, products } = state;
  let most = 0;
  for (let j = 0; j < coefficients.length; j++) {
    const square = squares[j]!;
    if (square === 0) continue;
    const before = coefficients[j]!;
    const free = along[j]! + square * before;
    const after = Math.sign(free) * (Math.max(0, Math.abs(free) - penalty) / square);
    const step = after - before;
    if (step === 0) continue;
    coefficients[j] = after;
    const own = (products[j] ??= Float64Array.from(columns, (column) => dot(column, columns[j]!)));
    addScaled(along, -step, own);
    most = Math.max(most, square * step * step);
  }
  return most;
}

function dualityGap(
  { coefficients, withTarget, along }: LassoState,
  targetSquares: number,
  penalty: number,
): number {
  let [largest, size, explained, left] = [0, 0, 0, 0];
  for (let j = 0; j < along.length; j++) {
    largest = Math.max(largest, Math.abs(along[j]!));
    size += Math.abs(coefficients[j]!);
    explained += coefficients[j]! * withTarget[j]!;
    left += coefficients[j]! * along[j]!;
  }
  const withRest = targetSquares - explained;
  const squares = withRest - left;
  const share = largest > penalty ? penalty / largest : 1;
  return 0.5 * squares * (1 + share * share) + penalty * size - share * withRest;
}

/** Four sums at once, which wait for each other less. */
export function dot(x: Float64Array, y: Float64Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const end = x.length - (x.length % 4);
  for (let at = 0; at < end; at += 4) {
    a += x[at]! * y[at]!;
    b += x[at + 1]! * y[at + 1]!;
    c += x[at + 2]! * y[at + 2]!;
    d += x[at + 3]! * y[at + 3]!;
  }
  for (let at = end; at < x.length; at++) a += x[at]! * y[at]!;
  return a + b + (c + d);
}

/** `target += factor * source` */
export function addScaled(target: Float64Array, factor: number, source: Float64Array): void {
  for (let at = 0; at < target.length; at++) target[at]! += factor * source[at]!;
}
