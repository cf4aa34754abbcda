import { GRADIENT, HESSIAN, LABEL, LARGEST_SCORE, ROWS, SCORES, SCORE_SUM, WEIGHT, firstPlace, setup, word } from "./address";
import { exponential } from "./exponential";

/**
 * First and second derivatives of a thread's rows, in the order of operations that the TypeScript objectives state. Words:
 * 0 the objective (1 binary log loss, 2 multiclass log loss, 3 squared error), 1 outputs, 2 the output.
 */
export function derive(thread: u32): void {
  const rows = setup(ROWS);
  const from = firstPlace(rows, thread);
  const to = firstPlace(rows, thread + 1);
  if (word(0) == 1) deriveBinary(from, to);
  else if (word(0) == 2) deriveMulticlass(from, to, word(1), word(2));
  else deriveSquared(from, to);
}

/** Stores float64 lanes as float32, times the weights of two rows where there are weights. */
// @ts-ignore: decorator
@inline function put(target: usize, row: u32, values: v128, weights: usize): void {
  if (weights != 0) values = f64x2.mul(v128.load(weights + 8 * row), values);
  v128.store64_lane(target + 4 * row, f32x4.demote_f64x2_zero(values), 0);
}

// @ts-ignore: decorator
@inline function curvature(p: v128): v128 {
  const h = f64x2.mul(p, f64x2.sub(f64x2.splat(1), p));
  return f64x2.pmax(h, f64x2.splat(1e-16));
}

/** Labels of two rows that are positions of classes: float32 holds them. */
// @ts-ignore: decorator
@inline function classes(label: usize, row: u32): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(label + 4 * row));
}

/** Arrays of rows have room for one more, so that the last row of an odd number is no case of its own. */
export function deriveBinary(from: u32, to: u32): void {
  const scores = setup(SCORES), label = setup(LABEL), weights = setup(WEIGHT);
  const gradient = setup(GRADIENT), hessian = setup(HESSIAN);
  const one = f64x2.splat(1);
  for (let row = from; row < to; row += 2) {
    const e = exponential(f64x2.neg(v128.load(scores + 8 * row)));
    const p = f64x2.div(one, f64x2.add(one, e));
    put(gradient, row, f64x2.sub(p, classes(label, row)), weights);
    put(hessian, row, curvature(p), weights);
  }
}

export function deriveSquared(from: u32, to: u32): void {
  const scores = setup(SCORES), label = setup(LABEL), weights = setup(WEIGHT);
  const gradient = setup(GRADIENT), hessian = setup(HESSIAN);
  for (let row = from; row < to; row += 2) {
    put(gradient, row, f64x2.sub(v128.load(scores + 8 * row), v128.load(label + 8 * row)), weights);
    put(hessian, row, f64x2.splat(1), weights);
  }
}

export function deriveMulticlass(from: u32, to: u32, outputs: u32, output: u32): void {
  const label = setup(LABEL), weights = setup(WEIGHT);
  const gradient = setup(GRADIENT), hessian = setup(HESSIAN);
  const stride = 8 * outputs;
  const factor = f64x2.splat(f64(outputs) / f64(outputs - 1));
  const own = f64x2.splat(f64(output));
  for (let row = from; row < to; row += 2) {
    const at = setup(SCORES) + row * stride + 8 * output;
    const score = f64x2.replace_lane(f64x2.splat(load<f64>(at)), 1, load<f64>(at + stride));
    const e = exponential(f64x2.sub(score, v128.load(setup(LARGEST_SCORE) + 8 * row)));
    const p = f64x2.div(e, v128.load(setup(SCORE_SUM) + 8 * row));
    const hit = v128.and(f64x2.eq(classes(label, row), own), f64x2.splat(1));
    put(gradient, row, f64x2.sub(p, hit), weights);
    put(hessian, row, f64x2.mul(curvature(p), factor), weights);
  }
}

/** Each row's largest score, and its sum of exponentials less that. Words: 1 outputs. */
export function prepareSoftmax(thread: u32): void {
  const rows = setup(ROWS);
  const to = firstPlace(rows, thread + 1);
  const outputs = word(1);
  const stride = 8 * outputs;
  for (let row = firstPlace(rows, thread); row < to; row += 2) {
    const at = setup(SCORES) + row * stride;
    let largest = pair(at, stride, 0);
    for (let k: u32 = 1; k < outputs; k++) largest = f64x2.pmax(largest, pair(at, stride, k));
    let sum = f64x2.splat(0);
    for (let k: u32 = 0; k < outputs; k++) {
      sum = f64x2.add(sum, exponential(f64x2.sub(pair(at, stride, k), largest)));
    }
    v128.store(setup(LARGEST_SCORE) + 8 * row, largest);
    v128.store(setup(SCORE_SUM) + 8 * row, sum);
  }
}

/** The k-th score of two rows. */
// @ts-ignore: decorator
@inline function pair(at: usize, stride: u32, k: u32): v128 {
  return f64x2.replace_lane(f64x2.splat(load<f64>(at + 8 * k)), 1, load<f64>(at + 8 * k + stride));
}
