import { GAIN, LEFT_BINS, SPLIT_BIN, SPLIT_GRADIENT, SPLIT_HESSIAN, limit, setup } from "./address";
import { splitGain } from "./split-score";

/** In a thread's scratch: keys by bin, then bins in their order, room to merge them, and bins of the best split so far. */
const ORDER: usize = 2048;
const MERGED: usize = 2304;
const BEST: usize = 2560;

/** The best split so far of the feature at hand. */
let bestGain: f64 = 0;
let bestCount: u32 = 0;
let bestSums: i64 = 0;

/** `categorySplit` of the TypeScript kernels, operation by operation, where all splits are tried. */
export function scanCategories(own: u32, bins: u32, histogram: usize, scratch: usize): void {
  bestCount = 0;
  const order = scratch + ORDER;
  let present: u32 = 0;
  for (let bin: u32 = 0; bin < bins; bin++) {
    if (load<i32>(histogram + 8 * bin) <= 0) continue;
    store<u8>(order + present, u8(bin));
    present++;
  }
  if (present < 2) return;
  if (f64(bins) <= limit(13)) tryEach(present, histogram, scratch);
  else {
    const known = sorted(present, histogram, scratch);
    tryPrefixes(known, 0, 1, histogram, scratch);
    tryPrefixes(known, known - 1, -1, histogram, scratch);
  }
  if (bestCount == 0) return;
  store<f64>(setup(GAIN) + 8 * own, bestGain);
  store<u32>(setup(SPLIT_BIN) + 4 * own, bestCount);
  store<f64>(setup(SPLIT_GRADIENT) + 8 * own, f64(i32(bestSums >> 32)));
  store<f64>(setup(SPLIT_HESSIAN) + 8 * own, f64(u32(bestSums)));
  memory.copy(setup(LEFT_BINS) + 256 * own, scratch + BEST, bestCount);
}

// @ts-ignore: decorator
@inline function isBetter(gain: f64): bool { return bestCount == 0 || gain > bestGain; }

function tryEach(present: u32, histogram: usize, scratch: usize): void {
  const least = limit(2), total = limit(8), bounded = limit(9) != 0;
  for (let at: u32 = 0; at < present; at++) {
    const bin = load<u8>(scratch + ORDER + at);
    const sums = load<i64>(histogram + 8 * bin);
    const hessian = f64(u32(sums));
    if (hessian < least || total - hessian < least) continue;
    const gain = splitGain(sums, bounded);
    if (!isBetter(gain)) continue;
    bestGain = gain;
    bestCount = 1;
    bestSums = sums;
    store<u8>(scratch + BEST, bin);
  }
}

/** Leaves the bins with enough rows, ascending by their keys; equals by bin. Returns how many there are. */
function sorted(present: u32, histogram: usize, scratch: usize): u32 {
  const smooth = limit(15), leafRows = limit(19), total = limit(8), byGradient = limit(20), byHessian = limit(21);
  const order = scratch + ORDER;
  let known: u32 = 0;
  for (let at: u32 = 0; at < present; at++) {
    const bin = load<u8>(order + at);
    const sums = load<i64>(histogram + 8 * bin);
    const hessian = f64(u32(sums));
    if (floor((leafRows * hessian) / total + 0.5) < smooth) continue;
    store<f64>(scratch + 8 * bin, (f64(i32(sums >> 32)) * byGradient) / (hessian * byHessian + smooth));
    store<u8>(order + known, bin);
    known++;
  }
  for (let begin: u32 = 0; begin < known; begin += 8) insert(order, begin, min(begin + 8, known), scratch);
  for (let width: u32 = 8; width < known; width *= 2) {
    for (let begin: u32 = 0; begin + width < known; begin += 2 * width) {
      merge(order, begin, begin + width, min(begin + 2 * width, known), scratch);
    }
  }
  return known;
}

// @ts-ignore: decorator
@inline function keyOf(scratch: usize, bin: u8): f64 { return load<f64>(scratch + 8 * bin); }

function insert(order: usize, begin: u32, end: u32, scratch: usize): void {
  for (let at = begin + 1; at < end; at++) {
    const bin = load<u8>(order + at);
    const key = keyOf(scratch, bin);
    let to = at;
    for (; to > begin && keyOf(scratch, load<u8>(order + to - 1)) > key; to--) {
      store<u8>(order + to, load<u8>(order + to - 1));
    }
    store<u8>(order + to, bin);
  }
}

function merge(order: usize, begin: u32, middle: u32, end: u32, scratch: usize): void {
  const left = middle - begin;
  const merged = scratch + MERGED;
  memory.copy(merged, order + begin, left);
  let one: u32 = 0, other = middle, to = begin;
  while (one < left && other < end) {
    const a = load<u8>(merged + one), b = load<u8>(order + other);
    const later = keyOf(scratch, b) < keyOf(scratch, a);
    store<u8>(order + to, later ? b : a);
    other += u32(later);
    one += u32(!later);
    to++;
  }
  memory.copy(order + to, merged + one, left - one);
}

/** The sums of the first so many bins from `from` on, each `step` further, as the left side. */
function tryPrefixes(known: u32, from: i32, step: i32, histogram: usize, scratch: usize): void {
  const least = limit(2), total = limit(8), bounded = limit(9) != 0, l2 = limit(16), leastRight = limit(17);
  const minRows = limit(18), leafRows = limit(19);
  const most = u32(min(limit(14), f64((known + 1) / 2)));
  const order = scratch + ORDER;
  let sums: i64 = 0;
  let group: f64 = 0;
  let bettered = false;
  for (let count: u32 = 1; count <= most; count++) {
    const own = load<i64>(histogram + 8 * load<u8>(order + from + step * i32(count - 1)));
    sums += own;
    group += floor((leafRows * f64(u32(own))) / total + 0.5);
    const hessian = f64(u32(sums));
    if (hessian < least) continue;
    if (total - hessian < leastRight) break;
    if (group < minRows) continue;
    group = 0;
    const gain = splitGain(sums, bounded, l2);
    if (!isBetter(gain)) continue;
    bestGain = gain;
    bestCount = count;
    bestSums = sums;
    bettered = true;
  }
  if (!bettered) return;
  for (let at: u32 = 0; at < bestCount; at++) {
    store<u8>(scratch + BEST + at, load<u8>(order + from + step * i32(at)));
  }
}
