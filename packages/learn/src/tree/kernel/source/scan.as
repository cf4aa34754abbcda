import { ALLOWED, FEATURE_TABLE, GAIN, MISSING_LEFT, MONOTONE, SPLIT_BIN, SPLIT_GRADIENT, SPLIT_HESSIAN, real, setup, word } from "./address";
import { hash } from "./quantise";
import { scanBounded } from "./scan-bounded";
import { scanFree } from "./scan-free";
import { scanSurveyed } from "./scan-survey";
import { splitGain } from "./split-score";

/**
 * `scanFeature` of the TypeScript kernels. Words: 13 whether outputs are bounded, 14 whether one random bin is tried,
 * 15 its seed. `surveys` says whether `scanSurveyed` is to be used, in the thread's scratch. Reals: 0 l1, 1 l2, 2 least, 3 maxDelta, 4 lower, 5 upper, 6 unit, 7 and 8 the leaf's sums.
 */
export function scanFeature(feature: u32, histogram: usize, scratch: usize, surveys: bool): void {
  const gainAt = setup(GAIN) + 8 * feature;
  const binAt = setup(SPLIT_BIN) + 4 * feature;
  store<f64>(gainAt, -Infinity);
  store<i32>(binAt, -1);
  const entry = setup(FEATURE_TABLE) + 8 * feature;
  const flags = load<u32>(entry, 4);
  if ((flags & 1) == 0 || load<u8>(setup(ALLOWED) + feature) == 0) return;
  const valueBins = load<u32>(entry);
  const missing: i64 = flags & 2 ? load<i64>(histogram + 8 * valueBins) : 0;
  let from: u32 = 0;
  let to = valueBins;
  if (word(14) != 0) {
    from = randomBin(histogram, valueBins, hash(word(15), feature));
    to = from + 1;
  }
  const bounded = word(13) != 0;
  const monotone = i32(load<i8>(setup(MONOTONE) + feature));
  let bin = bounded
    ? scanBounded(histogram, from, to, 0, monotone)
    : surveys ? scanSurveyed(histogram, to, 0, scratch) : scanFree(histogram, from, to, 0);
  const known = surveys && !bounded;
  let best: i64 = bin < 0 ? 0 : known ? load<i64>(scratch + 8 * bin) : prefix(histogram, bin, 0);
  let gain = bin < 0 ? -Infinity : splitGain(best, bounded);
  let missingLeft: bool = false;
  if (missing == 0) {
    if (bin < 0) return;
    missingLeft = 2 * f64(u32(best)) >= real(8);
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
  store<u8>(setup(MISSING_LEFT) + feature, u8(missingLeft));
  store<f64>(setup(SPLIT_GRADIENT) + 8 * feature, f64(i32(best >> 32)));
  store<f64>(setup(SPLIT_HESSIAN) + 8 * feature, f64(u32(best)));
}

/** Sums of bins up to one. */
function prefix(histogram: usize, bin: i32, start: i64): i64 {
  let sums = start;
  for (let b = 0; b <= bin; b++) sums += load<i64>(histogram + 8 * b);
  return sums;
}

function randomBin(histogram: usize, valueBins: u32, bits: u32): u32 {
  let first: u32 = 0;
  while (first + 1 < valueBins && load<u32>(histogram + 8 * first) == 0) first++;
  let last = valueBins - 1;
  while (last > first && load<u32>(histogram + 8 * last) == 0) last--;
  return first + u32((u64(bits) * u64(last - first)) >> 32);
}
