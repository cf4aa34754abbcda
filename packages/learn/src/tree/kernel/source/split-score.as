import { real } from "./address";

// @ts-ignore: decorator
@inline export function shrink(gradient: f64, l1: f64): f64 {
  if (gradient > l1) return gradient - l1;
  if (gradient < -l1) return gradient + l1;
  return 0;
}

export function boundedOutput(shrunk: f64, mass: f64): f64 {
  const maxDelta = real(3);
  let output = -shrunk / mass;
  if (maxDelta > 0) {
    if (output > maxDelta) output = maxDelta;
    else if (output < -maxDelta) output = -maxDelta;
  }
  if (output < real(4)) return real(4);
  if (output > real(5)) return real(5);
  return output;
}

// @ts-ignore: decorator
@inline export function reduction(shrunk: f64, mass: f64, output: f64): f64 {
  return -(2 * shrunk * output + mass * output * output);
}

function bounded(shrunk: f64, mass: f64): f64 {
  return reduction(shrunk, mass, boundedOutput(shrunk, mass));
}

/** `splitGain` of the TypeScript kernels, operation by operation. */
export function splitGain(left: i64, isBounded: bool): f64 {
  const l1 = real(0), l2 = real(1);
  const gradient = f64(i32(left >> 32)), hessian = f64(u32(left));
  const totalGradient = real(7), totalHessian = real(8);
  const s = shrink(gradient, l1);
  const t = shrink(totalGradient - gradient, l1);
  const p = shrink(totalGradient, l1);
  const a = hessian + l2;
  const b = totalHessian - hessian + l2;
  const c = totalHessian + l2;
  const halves = isBounded ? bounded(s, a) + bounded(t, b) : (s * s) / a + (t * t) / b;
  const gain = halves - (isBounded ? bounded(p, c) : (p * p) / c);
  return abs(gain) <= halves * 9.094947017729282e-13 ? 0 : gain * real(6);
}
