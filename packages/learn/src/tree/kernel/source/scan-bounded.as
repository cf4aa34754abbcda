import { limit } from "./address";
import { boundedOutput, reduction, shrink } from "./split-score";

/** `scanBounded` of the TypeScript kernels. Returns the bin; -1 where there is none. */
export function scanBounded(histogram: usize, from: u32, to: u32, missing: i64, monotone: i32): i32 {
  const l1 = limit(0), l2 = limit(1), least = limit(2);
  const totalGradient = limit(7), totalHessian = limit(8);
  let sums = missing;
  let best = -Infinity;
  let found: i32 = -1;
  for (let bin: u32 = 0; bin < to; bin++) {
    sums += load<i64>(histogram + 8 * bin);
    const gradient = f64(i32(sums >> 32)), hessian = f64(u32(sums));
    if (bin < from || hessian < least) continue;
    if (totalHessian - hessian < least) break;
    const s = shrink(gradient, l1);
    const t = shrink(totalGradient - gradient, l1);
    const a = hessian + l2;
    const b = totalHessian - hessian + l2;
    const left = boundedOutput(s, a);
    const right = boundedOutput(t, b);
    if (monotone > 0 ? left > right : monotone < 0 && left < right) continue;
    const saved = reduction(s, a, left) + reduction(t, b, right);
    if (saved > best) {
      best = saved;
      found = bin;
    }
  }
  return found;
}
