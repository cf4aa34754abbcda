import { limit } from "./address";

// @ts-ignore: decorator
@inline export function shrink(gradient: f64, l1: f64): f64 {
  if (gradient > l1) return gradient - l1;
  if (gradient < -l1) return gradient + l1;
  return 0;
}

export function boundedOutput(shrunk: f64, mass: f64): f64 {
  const maxDelta = limit(3);
  let output = -shrunk / mass;
  if (maxDelta > 0) {
    if (output > maxDelta) output = maxDelta;
    else if (output < -maxDelta) output = -maxDelta;
  }
  if (output < limit(4)) return limit(4);
  if (output > limit(5)) return limit(5);
  return output;
}

// @ts-ignore: decorator
@inline export function reduction(shrunk: f64, mass: f64, output: f64): f64 {
  return -(2 * shrunk * output + mass * output * output);
}

function bounded(shrunk: f64, mass: f64): f64 {
  return reduction(shrunk, mass, boundedOutput(shrunk, mass));
}

/** `splitGain` of the TypeScript kernels, operation by operation; the l2 of both sides may be another one. */
export function splitGain(left: i64, isBounded: bool, l2: f64 = limit(1)): f64 {
  const l1 = limit(0);
  const gradient = f64(i32(left >> 32)), hessian = f64(u32(left));
  const totalGradient = limit(7), totalHessian = limit(8);
  const s = shrink(gradient, l1);
  const t = shrink(totalGradient - gradient, l1);
  const p = shrink(totalGradient, l1);
  const a = hessian + l2;
  const b = totalHessian - hessian + l2;
  const c = totalHessian + limit(1);
  const halves = isBounded ? bounded(s, a) + bounded(t, b) : (s * s) / a + (t * t) / b;
  const gain = halves - (isBounded ? bounded(p, c) : (p * p) / c);
  return abs(gain) <= halves * 9.094947017729282e-13 ? 0 : gain * limit(6);
}
