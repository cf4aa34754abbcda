import { limit } from "./address";

/**
 * `scanFree` of the TypeScript kernels, two bins at a time: each lane's operations are the oracle's, and a better bin is
 * looked at alone. Where `from` is above 0 it is the only bin (`to` is next to it). Returns the bin; -1 where there is none.
 */
export function scanFree(histogram: usize, from: u32, to: u32, missing: i64): i32 {
  const l1 = f64x2.splat(limit(0)), l2 = f64x2.splat(limit(1)), least = f64x2.splat(limit(2));
  const totalGradient = f64x2.splat(limit(7)), totalHessian = f64x2.splat(limit(8));
  let sums = missing;
  let bestN = f64x2.splat(-1), bestD = f64x2.splat(1);
  let found: i32 = -1;
  let bin: u32 = 0;
  while (bin < from) sums += load<i64>(histogram + 8 * bin++);
  for (; bin < to; bin += 2) {
    const at = histogram + 8 * bin;
    const first = sums + load<i64>(at);
    // Beyond the end the last bin is looked at twice: it is not better than itself.
    sums = bin + 1 < to ? first + load<i64>(at, 8) : first;
    const both = i64x2.replace_lane(i64x2.splat(first), 1, sums);
    const gradient = f64x2.convert_low_i32x4_s(v128.shuffle<u32>(both, both, 1, 3, 1, 3));
    const hessian = f64x2.convert_low_i32x4_u(v128.shuffle<u32>(both, both, 0, 2, 0, 2));
    const rest = f64x2.sub(totalHessian, hessian);
    // Not `ge`: a least hessian that is NaN, that of no rows, forbids nothing.
    const allowed = v128.not(v128.or(f64x2.lt(hessian, least), f64x2.lt(rest, least)));
    if (!v128.any_true(allowed)) {
      if (f64x2.extract_lane(rest, 0) < limit(2)) break;
      continue;
    }
    const s = shrink2(gradient, l1);
    const t = shrink2(f64x2.sub(totalGradient, gradient), l1);
    const a = f64x2.add(hessian, l2);
    const b = f64x2.add(rest, l2);
    const n = f64x2.add(f64x2.mul(f64x2.mul(s, s), b), f64x2.mul(f64x2.mul(t, t), a));
    const d = f64x2.mul(a, b);
    const better = v128.and(allowed, f64x2.gt(f64x2.mul(n, bestD), f64x2.mul(bestN, d)));
    if (!v128.any_true(better)) continue;
    if (i64x2.extract_lane(better, 0) != 0) {
      bestN = v128.shuffle<u64>(n, n, 0, 0);
      bestD = v128.shuffle<u64>(d, d, 0, 0);
      found = bin;
    }
    if (i64x2.extract_lane(allowed, 1) == 0) continue;
    const n1 = f64x2.extract_lane(n, 1), d1 = f64x2.extract_lane(d, 1);
    if (n1 * f64x2.extract_lane(bestD, 0) > f64x2.extract_lane(bestN, 0) * d1) {
      bestN = f64x2.splat(n1);
      bestD = f64x2.splat(d1);
      found = bin + 1;
    }
  }
  return found;
}

/** `shrink` of two gradients. */
// @ts-ignore: decorator
@inline function shrink2(gradient: v128, l1: v128): v128 {
  const above = f64x2.sub(gradient, l1), below = f64x2.add(gradient, l1);
  const positive = v128.and(f64x2.gt(gradient, l1), above);
  return v128.or(positive, v128.and(f64x2.lt(gradient, f64x2.neg(l1)), below));
}
