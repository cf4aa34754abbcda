import type { CentredRows } from "./centred.ts";
import type { DescentReport } from "./linear-model.ts";

/** When a descent ends. */
export interface DescentLimits {
  readonly tolerance: number;
  readonly maxIterations: number;
}

/** Coefficients and what they leave of the target; changed in place as a path goes on. */
export interface LassoState {
  /** [F] */
  readonly coefficients: Float64Array;
  /** [N] */
  readonly residual: Float64Array;
}

/** Where a path begins: no column is in play. */
export function lassoStart({ columns, target }: CentredRows): LassoState {
  return { coefficients: new Float64Array(columns.length), residual: target.slice() };
}

/** The smallest penalty at which no column is in play. */
export function largestPenalty({ columns, target, total }: CentredRows): number {
  let largest = 0;
  for (const column of columns) largest = Math.max(largest, Math.abs(dot(column, target)));
  return largest / total;
}

/**
 * Cyclic coordinate descent for the lasso (J. Friedman, T. Hastie and R. Tibshirani, "Regularization Paths for Generalized
 * Linear Models via Coordinate Descent", JSS 33, 2010), over the columns that may be in play: those are swept until nothing
 * moves, then all are looked at and what violates optimality joins. It ends when the duality gap is at most the tolerance times
 * the target's squares, as scikit-learn's.
 */
export function descendLasso(
  rows: CentredRows,
  alpha: number,
  state: LassoState,
  { tolerance, maxIterations }: DescentLimits,
): DescentReport {
  const { columns, squares, target, total } = rows;
  const { coefficients, residual } = state;
  const penalty = alpha * total;
  const bound = tolerance * dot(target, target);
  const inPlay = new Uint8Array(columns.length);
  const along = new Float64Array(columns.length);
  // A pass moves the residual by at most this, or another one follows.
  let still = 1e-3;
  for (let iterations = 0; ;) {
    for (let j = 0; j < columns.length; j++) {
      along[j] = squares[j] === 0 ? 0 : dot(columns[j]!, residual);
      if (coefficients[j] !== 0 || Math.abs(along[j]!) > penalty) inPlay[j] = 1;
    }
    const gap = dualityGap(along, coefficients, residual, target, penalty);
    if (gap <= bound || iterations >= maxIterations)
      return Object.freeze({ converged: gap <= bound, iterations, gap: gap / total });
    const own = places(inPlay);
    for (let moved = Infinity, first = 0; iterations < maxIterations; iterations++) {
      moved = sweep(columns, squares, own, penalty, coefficients, residual);
      first = Math.max(first, moved);
      if (moved <= still * first || moved === 0) {
        iterations += 1;
        break;
      }
    }
    still = Math.max(1e-16, still * 0.1);
  }
}

/** One pass over the coordinates; the largest change of the fit, squared. */
function sweep(
  columns: readonly Float64Array[],
  squares: Float64Array,
  own: Int32Array,
  penalty: number,
  coefficients: Float64Array,
  residual: Float64Array,
): number {
  let most = 0;
  for (const j of own) {
    const square = squares[j]!;
    const before = coefficients[j]!;
    const along = dot(columns[j]!, residual) + square * before;
    const after = Math.sign(along) * (Math.max(0, Math.abs(along) - penalty) / square);
    const step = after - before;
    if (step === 0) continue;
    coefficients[j] = after;
    addScaled(residual, -step, columns[j]!);
    most = Math.max(most, square * step * step);
  }
  return most;
}

function places(inPlay: Uint8Array): Int32Array {
  return Int32Array.from(inPlay.keys().filter((j) => inPlay[j] === 1));
}

function dualityGap(
  along: Float64Array,
  coefficients: Float64Array,
  residual: Float64Array,
  target: Float64Array,
  penalty: number,
): number {
  let [largest, size] = [0, 0];
  for (let j = 0; j < along.length; j++) {
    largest = Math.max(largest, Math.abs(along[j]!));
    size += Math.abs(coefficients[j]!);
  }
  const squares = dot(residual, residual);
  const share = largest > penalty ? penalty / largest : 1;
  return 0.5 * squares * (1 + share * share) + penalty * size - share * dot(residual, target);
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
