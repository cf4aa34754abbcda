import { SCRATCH, SCRATCH_BYTES, limit, setup } from "./address";

/** Sums of bins up to each one in a thread's scratch, then what each split would save, about. */
const SAVED: usize = 2048;
/** More than single precision errs by: below 8e-7 in a number, of which two are compared. */
const CLOSE: f32 = 1 - 4e-6;

/** Whether single precision will do: no `l1`, which cancels digits, and sizes whose products are no infinities. */
// @ts-ignore: decorator
@inline export function surveys(): bool {
  return limit(10) == 0 && limit(0) == 0 && limit(1) < 1073741824 && limit(2) < 1073741824;
}

// @ts-ignore: decorator
@inline export function scratchOf(thread: u32): usize { return setup(SCRATCH) + SCRATCH_BYTES * thread; }

/**
 * `scanFree` in two passes, with its outcome to the bit. The first has in single precision what each bin would save, four
 * at a time and without a branch; the second compares in float64, in the oracle's order and by its operations, those
 * that come near the best of them. Bins left out lie below the best by more than all rounding, so they could not have won;
 * among a few hundred bins there is a gap, wider than float64 errs, below those that could, and from the first bin above it
 * on both ways hold the same best.
 *
 * @returns the bin; -1 where there is none. The sums of bins up to it stand at `scratch + 8 * bin`.
 */
export function scanSurveyed(histogram: usize, to: u32, missing: i64, scratch: usize): i32 {
  const best = surveyBins(
    histogram, to, missing, scratch, i32(limit(7)), i32(limit(8)), i32(ceil(limit(2))), f32(limit(1)),
  );
  return best < 0 ? -1 : bestNear(scratch, to, best * CLOSE);
}

/** The most that a bin saves; -1 where none is allowed. */
export function surveyBins(
  histogram: usize, to: u32, missing: i64, scratch: usize, totalGradient: i32, totalHessian: i32, least: i32, l2: f32,
): f32 {
  const total = i32x4.splat(totalGradient), whole = i32x4.splat(totalHessian);
  // A side has `least` where its hessian exceeds one less.
  const below = i32x4.splat(least - 1), above = i32x4.splat(totalHessian - least + 1);
  const extra = f32x4.splat(l2), none = f32x4.splat(-1);
  let carry = i64x2.splat(missing);
  let most = none;
  let sums = scratch, saved = scratch + SAVED;
  const end = histogram + 8 * to;
  for (let at = histogram; at < end; at += 32) {
    const one = v128.load(at), two = v128.load(at, 16);
    const zero = i64x2.splat(0);
    const first = i64x2.add(one, v128.shuffle<u64>(zero, one, 0, 2));
    const second = i64x2.add(two, v128.shuffle<u64>(zero, two, 0, 2));
    const middle = v128.shuffle<u64>(first, first, 1, 1);
    const low = i64x2.add(carry, first);
    const high = i64x2.add(i64x2.add(carry, middle), second);
    carry = i64x2.add(carry, i64x2.add(middle, v128.shuffle<u64>(second, second, 1, 1)));
    v128.store(sums, low);
    v128.store(sums, high, 16);
    const hessian = v128.shuffle<u32>(low, high, 0, 2, 4, 6);
    const gradient = v128.shuffle<u32>(low, high, 1, 3, 5, 7);
    const allowed = v128.and(i32x4.gt_s(hessian, below), i32x4.lt_s(hessian, above));
    const s = f32x4.convert_i32x4_s(gradient);
    const t = f32x4.convert_i32x4_s(i32x4.sub(total, gradient));
    const a = f32x4.add(f32x4.convert_i32x4_s(hessian), extra);
    const b = f32x4.add(f32x4.convert_i32x4_s(i32x4.sub(whole, hessian)), extra);
    const n = f32x4.add(f32x4.mul(f32x4.mul(s, s), b), f32x4.mul(f32x4.mul(t, t), a));
    const found = v128.bitselect(f32x4.div(n, f32x4.mul(a, b)), none, allowed);
    v128.store(saved, found);
    if (at + 32 > end) {
      for (let bin = to; bin & 3; bin++) store<f32>(scratch + SAVED + 4 * bin, -1);
      most = f32x4.pmax(most, v128.load(saved));
    } else most = f32x4.pmax(most, found);
    sums += 32;
    saved += 16;
  }
  return max(
    max(f32x4.extract_lane(most, 0), f32x4.extract_lane(most, 1)),
    max(f32x4.extract_lane(most, 2), f32x4.extract_lane(most, 3)),
  );
}

/** The best of the bins that save about `enough` or more; all of them are allowed. */
export function bestNear(scratch: usize, to: u32, enough: f32): i32 {
  const l2 = limit(1), totalGradient = limit(7), totalHessian = limit(8);
  const bar = f32x4.splat(enough);
  let bestN: f64 = -1, bestD: f64 = 1;
  let found: i32 = -1;
  for (let bin: u32 = 0; bin < to; bin += 4) {
    let near = i32x4.bitmask(f32x4.ge(v128.load(scratch + SAVED + 4 * bin), bar));
    while (near != 0) {
      const own = bin + ctz(near);
      near &= near - 1;
      const sums = load<i64>(scratch + 8 * own);
      const s = f64(i32(sums >> 32)), hessian = f64(u32(sums));
      const t = totalGradient - s;
      const a = hessian + l2;
      const b = totalHessian - hessian + l2;
      const n = s * s * b + t * t * a;
      const d = a * b;
      if (n * bestD > bestN * d) {
        bestN = n;
        bestD = d;
        found = own;
      }
    }
  }
  return found;
}
