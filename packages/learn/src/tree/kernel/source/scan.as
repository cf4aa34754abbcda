import { ALLOWED, FEATURE_TABLE, GAIN, MISSING_LEFT, MONOTONE, SPLIT_BIN, SPLIT_GRADIENT, SPLIT_HESSIAN, answer, limit, setup } from "./address";
import { hash } from "./quantise";
import { scanBounded } from "./scan-bounded";
import { scanCategories } from "./scan-category";
import { scanFree } from "./scan-free";
import { scanSurveyed } from "./scan-survey";
import { shrink, splitGain } from "./split-score";

/**
 * `scanFeature` of the TypeScript kernels, by the limits of the chosen scan. `surveys` says whether `scanSurveyed` is to be
 * used, in the thread's scratch.
 */
export function scanFeature(feature: u32, histogram: usize, scratch: usize, surveys: bool): void {
  const own = answer(feature);
  const gainAt = setup(GAIN) + 8 * own;
  const binAt = setup(SPLIT_BIN) + 4 * own;
  store<f64>(gainAt, -Infinity);
  store<i32>(binAt, -1);
  const entry = setup(FEATURE_TABLE) + 8 * feature;
  const flags = load<u32>(entry, 4);
  if (load<u8>(setup(ALLOWED) + own) == 0) return;
  const valueBins = load<u32>(entry);
  if ((flags & 1) == 0) {
    if (limit(12) != 0) scanCategories(own, valueBins, histogram, scratch);
    return;
  }
  const missing: i64 = flags & 2 ? load<i64>(histogram + 8 * valueBins) : 0;
  let from: u32 = 0;
  let to = valueBins;
  const bounded = limit(9) != 0;
  if (limit(10) != 0) {
    from = randomBin(histogram, valueBins, hash(u32(limit(11)), feature));
    to = from + 1;
    if (!bounded && missing == 0) {
      scanOne(own, from, prefix(histogram, from, 0));
      return;
    }
  }
  const monotone = i32(load<i8>(setup(MONOTONE) + own));
  let bin = bounded
    ? scanBounded(histogram, from, to, 0, monotone)
    : surveys ? scanSurveyed(histogram, to, 0, scratch) : scanFree(histogram, from, to, 0);
  const known = surveys && !bounded;
  let best: i64 = bin < 0 ? 0 : known ? load<i64>(scratch + 8 * bin) : prefix(histogram, bin, 0);
  let gain = bin < 0 ? -Infinity : splitGain(best, bounded);
  let missingLeft: bool = false;
  if (missing == 0) {
    if (bin < 0) return;
    missingLeft = 2 * f64(u32(best)) >= limit(8);
  } else {
    const leftBin = bounded
      ? scanBounded(histogram, from, to, missing, monotone)
      : surveys ? scanSurveyed(histogram, to, missing, scratch) : scanFree(histogram, from, to, missing);
    if (leftBin < 0 && bin < 0) return;
    if (leftBin >= 0) {
      const sums = known ? load<i64>(scratch + 8 * leftBin) : prefix(histogram, leftBin, missing);
      const leftGain = splitGain(sums, bounded);
      if (leftGain > gain || (leftGain == gain && leftBin < bin)) {
        bin = leftBin;
        best = sums;
        gain = leftGain;
        missingLeft = true;
      }
    }
  }
  store<f64>(gainAt, gain);
  store<i32>(binAt, bin);
  store<u8>(setup(MISSING_LEFT) + own, u8(missingLeft));
  store<f64>(setup(SPLIT_GRADIENT) + 8 * own, f64(i32(best >> 32)));
  store<f64>(setup(SPLIT_HESSIAN) + 8 * own, f64(u32(best)));
}

/** The split of one bin, that of a leaf without missing rows: what a pass over it alone finds. */
function scanOne(own: u32, bin: u32, left: i64): void {
  const least = limit(2);
  const hessian = f64(u32(left));
  const rest = limit(8) - hessian;
  if (hessian < least || rest < least) return;
  const gradient = f64(i32(left >> 32));
  const s = shrink(gradient, limit(0)), t = shrink(limit(7) - gradient, limit(0));
  const a = hessian + limit(1), b = rest + limit(1);
  // What is no number is better than nothing in no pass.
  if (!(s * s * b + t * t * a > -(a * b))) return;
  store<f64>(setup(GAIN) + 8 * own, splitGain(left, false));
  store<u32>(setup(SPLIT_BIN) + 4 * own, bin);
  store<u8>(setup(MISSING_LEFT) + own, u8(2 * hessian >= limit(8)));
  store<f64>(setup(SPLIT_GRADIENT) + 8 * own, gradient);
  store<f64>(setup(SPLIT_HESSIAN) + 8 * own, hessian);
}

/** Sums of bins up to one. */
function prefix(histogram: usize, bin: i32, start: i64): i64 {
  let sums = i64x2.splat(0);
  let at = histogram;
  const end = histogram + 8 * ((bin + 1) & ~1);
  for (; at < end; at += 16) sums = i64x2.add(sums, v128.load(at));
  const even = start + i64x2.extract_lane(sums, 0) + i64x2.extract_lane(sums, 1);
  return bin & 1 ? even : even + load<i64>(at);
}

function randomBin(histogram: usize, valueBins: u32, bits: u32): u32 {
  let first: u32 = 0;
  while (first + 1 < valueBins && load<u32>(histogram + 8 * first) == 0) first++;
  let last = valueBins - 1;
  while (last > first && load<u32>(histogram + 8 * last) == 0) last--;
  return first + u32((u64(bits) * u64(last - first)) >> 32);
}
