import { tidelineError } from "@tideline/spec";
import type { LinePoint } from "./line-search.ts";
import { strongWolfe } from "./line-search.ts";

/** A smooth function: returns its value at `x` and writes its gradient to `gradient`. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

/** What {@link lbfgs} takes. */
export interface LbfgsOptions {
  /** Default 100. */
  readonly maxIterations?: number;
  /** Stop when no component of the gradient exceeds this. Default 1e-4. */
  readonly tolerance?: number;
  /** Stop when a step lowers the value by less than this, relatively. Default 64 times the rounding unit. */
  readonly decrease?: number;
  /** Pairs of steps and gradient changes that are kept. Default 10. */
  readonly memory?: number;
  /** Called after each iteration. */
  readonly onIteration?: (state: LbfgsState) => void;
}

/** Where an iteration stands. */
export interface LbfgsState {
  readonly iteration: number;
  readonly value: number;
  /** The largest absolute component of the gradient. */
  readonly gradientNorm: number;
}

/**
 * Why it stopped: `gradient` and `decrease` are convergence, `iterations` is the limit, `line-search` means that
 * no lower point was found along the last direction.
 */
export type StopReason = "gradient" | "decrease" | "iterations" | "line-search";

/** A minimum, or where the search ended. */
export interface LbfgsResult {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradientNorm: number;
  readonly iterations: number;
  readonly evaluations: number;
  readonly reason: StopReason;
}

/** One remembered step: `s` in x, `y` in the gradient, `rho` = 1 / (s . y). */
interface Pair {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly rho: number;
}

/**
 * Minimises a smooth function by limited-memory BFGS: J. Nocedal and S. Wright, "Numerical Optimization",
 * 2nd edition, 2006, algorithm 7.5, with the two-loop recursion 7.4 and a strong Wolfe line search.
 * Float64 throughout and deterministic; `initial` is not changed.
 *
 * @throws ARGUMENT_INVALID when the objective is not finite at `initial`.
 * @example
 * const bowl: Objective = (x, g) => { g[0] = 2 * (x[0]! - 3); return (x[0]! - 3) ** 2; };
 * lbfgs(bowl, new Float64Array(1)).x; // [3]
 */
export function lbfgs(objective: Objective, initial: Float64Array, options: LbfgsOptions = {}): LbfgsResult {
  const { maxIterations = 100, tolerance = 1e-4, memory = 10 } = options;
  const decrease = options.decrease ?? 64 * Number.EPSILON;
  const size = initial.length;
  let x = initial.slice();
  let gradient = new Float64Array(size);
  let trial = new Float64Array(size);
  let trialGradient = new Float64Array(size);
  let value = objective(x, gradient);
  let evaluations = 1;
  if (!Number.isFinite(value)) {
    throw tidelineError("ARGUMENT_INVALID", {
      who: "lbfgs",
      field: "initial",
      expected: "a point with a finite value",
      received: String(value),
    });
  }
  const pairs: Pair[] = [];
  const done = (reason: StopReason, iterations: number): LbfgsResult =>
    Object.freeze({ x, value, gradientNorm: maxNorm(gradient), iterations, evaluations, reason });

  for (let iteration = 0; ; iteration++) {
    if (maxNorm(gradient) <= tolerance) return done("gradient", iteration);
    if (iteration >= maxIterations) return done("iterations", iteration);

    let direction = descent(gradient, pairs);
    let slope = dot(direction, gradient);
    if (!(slope < 0)) {
      // Rounding spoiled the curvature estimate: forget it and go straight downhill.
      pairs.length = 0;
      direction = descent(gradient, pairs);
      slope = dot(direction, gradient);
    }
    const at = (step: number): LinePoint => {
      for (let i = 0; i < size; i++) trial[i] = x[i]! + step * direction[i]!;
      evaluations++;
      const reached = objective(trial, trialGradient);
      return { step, value: reached, slope: dot(direction, trialGradient) };
    };
    const first = pairs.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
    const point = strongWolfe(at, { step: 0, value, slope }, first);
    if (point === undefined) return done("line-search", iteration);

    remember(pairs, memory, x, trial, gradient, trialGradient);
    [x, trial] = [trial, x];
    [gradient, trialGradient] = [trialGradient, gradient];
    const change = (value - point.value) / Math.max(Math.abs(value), Math.abs(point.value), 1);
    value = point.value;
    options.onIteration?.({ iteration: iteration + 1, value, gradientNorm: maxNorm(gradient) });
    if (maxNorm(gradient) <= tolerance) return done("gradient", iteration + 1);
    if (change <= decrease) return done("decrease", iteration + 1);
  }
}

/** Minus the inverse Hessian estimate times the gradient (algorithm 7.4; initial scaling of equation 7.20). */
function descent(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const q = gradient.map((value) => -value);
  const alphas = new Float64Array(pairs.length);
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { s, y, rho } = pairs[k]!;
    alphas[k] = rho * dot(s, q);
    addScaled(q, -alphas[k]!, y);
  }
  const newest = pairs.at(-1);
  if (newest !== undefined) {
    const scale = 1 / (newest.rho * dot(newest.y, newest.y));
    for (let i = 0; i < q.length; i++) q[i]! *= scale;
  }
  for (const [k, { s, y, rho }] of pairs.entries()) addScaled(q, alphas[k]! - rho * dot(y, q), s);
  return q;
}

function remember(
  pairs: Pair[],
  memory: number,
  x: Float64Array,
  nextX: Float64Array,
  gradient: Float64Array,
  nextGradient: Float64Array,
): void {
  const s = nextX.map((value, i) => value - x[i]!);
  const y = nextGradient.map((value, i) => value - gradient[i]!);
  const curvature = dot(s, y);
  // The Wolfe conditions make this positive; rounding near the minimum may not.
  if (!(curvature > Number.EPSILON * dot(y, y))) return;
  pairs.push({ s, y, rho: 1 / curvature });
  if (pairs.length > memory) pairs.shift();
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function addScaled(target: Float64Array, factor: number, source: Float64Array): void {
  for (let i = 0; i < target.length; i++) target[i]! += factor * source[i]!;
}

function maxNorm(values: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]!));
  return largest;
}
