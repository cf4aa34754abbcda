// Numbers of columns: addresses are of float64 side by side. Sums are taken in the order of `statistics/moments.ts`, to the bit.

/** Where the moments stand that `addMoments` goes on from: count, shift, mean, squares, and whether the last block had gaps. */
const MOMENTS: usize = 512;

/** Numbers of a block. */
const BLOCK: usize = 1024;

/** Count, sum and squares of the last block. */
const COUNT: usize = 576;
const SUM: usize = 584;
const SQUARES: usize = 592;

/** Differences of a block from a shift, those that are numbers side by side: 1024 of them. */
const DIFFERENCES: usize = 4096;

/** a + b + (c + d) of the lanes of two sums. */
// @ts-ignore: decorator
@inline function joined(first: v128, second: v128): f64 {
  const a = f64x2.extract_lane(first, 0);
  return a + f64x2.extract_lane(first, 1) + (f64x2.extract_lane(second, 0) + f64x2.extract_lane(second, 1));
}

/** Four sums at a time of the first `even` differences; those behind them go to the first, one after the other. */
// @ts-ignore: decorator
@inline function sumOf(even: usize, count: usize): f64 {
  let first = f64x2.splat(0);
  let second = f64x2.splat(0);
  const stop = DIFFERENCES + even * 8;
  for (let at = DIFFERENCES; at < stop; at += 32) {
    first = f64x2.add(first, v128.load(at));
    second = f64x2.add(second, v128.load(at + 16));
  }
  let a = f64x2.extract_lane(first, 0);
  for (let at = stop; at < DIFFERENCES + count * 8; at += 8) a += load<f64>(at);
  return joined(f64x2.replace_lane(first, 0, a), second);
}

// @ts-ignore: decorator
@inline function squaresAround(centre: f64, even: usize, count: usize): f64 {
  let first = f64x2.splat(0);
  let second = f64x2.splat(0);
  const middle = f64x2.splat(centre);
  const stop = DIFFERENCES + even * 8;
  for (let at = DIFFERENCES; at < stop; at += 32) {
    const x = f64x2.sub(v128.load(at), middle);
    const y = f64x2.sub(v128.load(at + 16), middle);
    first = f64x2.add(first, f64x2.mul(x, x));
    second = f64x2.add(second, f64x2.mul(y, y));
  }
  let a = f64x2.extract_lane(first, 0);
  for (let at = stop; at < DIFFERENCES + count * 8; at += 8) {
    const x = load<f64>(at) - centre;
    a += x * x;
  }
  return joined(f64x2.replace_lane(first, 0, a), second);
}

/** Count, sum and squares around their mean of the numbers less `shift` among [count]; gives how many are no numbers. */
// @ts-ignore: decorator
@inline function sumBlock(from: usize, count: usize, shift: f64): usize {
  const off = f64x2.splat(shift);
  let there: usize = 0;
  let at: usize = 0;
  for (; at + 2 <= count; at += 2) {
    const pair = f64x2.sub(v128.load(from + at * 8), off);
    const first = f64x2.extract_lane(pair, 0);
    const second = f64x2.extract_lane(pair, 1);
    // What is missing is written, and written over by the next.
    store<f64>(DIFFERENCES + there * 8, first);
    there += <usize>(first == first);
    store<f64>(DIFFERENCES + there * 8, second);
    there += <usize>(second == second);
  }
  if (at < count) {
    const last = load<f64>(from + at * 8) - shift;
    store<f64>(DIFFERENCES + there * 8, last);
    there += <usize>(last == last);
  }
  const even = there & ~3;
  const sum = sumOf(even, there);
  store<f64>(COUNT, <f64>there);
  store<f64>(SUM, sum);
  store<f64>(SQUARES, squaresAround(sum / <f64>there, even, there));
  return count - there;
}

/** The same of numbers without a missing one; false where there is one, and then no sums. */
// @ts-ignore: decorator
@inline function sumWhole(from: usize, count: usize, shift: f64): bool {
  const off = f64x2.splat(shift);
  const even = count & ~3;
  let first = f64x2.splat(0);
  let second = f64x2.splat(0);
  for (let at: usize = 0; at < even * 8; at += 32) {
    const x = f64x2.sub(v128.load(from + at), off);
    const y = f64x2.sub(v128.load(from + at + 16), off);
    v128.store(DIFFERENCES + at, x);
    v128.store(DIFFERENCES + at + 16, y);
    first = f64x2.add(first, x);
    second = f64x2.add(second, y);
  }
  let a = f64x2.extract_lane(first, 0);
  for (let at = even * 8; at < count * 8; at += 8) {
    const x = load<f64>(from + at) - shift;
    store<f64>(DIFFERENCES + at, x);
    a += x;
  }
  const sum = joined(f64x2.replace_lane(first, 0, a), second);
  if (sum != sum) return false;
  store<f64>(COUNT, <f64>count);
  store<f64>(SUM, sum);
  store<f64>(SQUARES, squaresAround(sum / <f64>count, even, count));
  return true;
}

/** A number near the others: the mean of a block; no number where it has none. */
// @ts-ignore: decorator
@inline function centre(from: usize, count: usize): f64 {
  let sum: f64 = 0;
  let there: f64 = 0;
  for (let at: usize = 0; at < count; at++) {
    const value = load<f64>(from + at * 8);
    if (value == value) {
      sum += value;
      there++;
    }
  }
  return there == 0 ? NaN : isFinite(sum) ? sum / there : 0;
}

/** Joins [count] numbers to the moments, block by block. */
export function addMoments(from: usize, count: usize): void {
  let total = load<f64>(MOMENTS);
  let shift = load<f64>(MOMENTS + 8);
  let mean = load<f64>(MOMENTS + 16);
  let squares = load<f64>(MOMENTS + 24);
  let gaps = load<f64>(MOMENTS + 32) != 0;
  for (let at: usize = 0; at < count; at += BLOCK) {
    const start = from + at * 8;
    const rows = min(BLOCK, count - at);
    if (shift != shift) shift = centre(start, rows);
    if (shift != shift) continue;
    // Where the last block lacked none, this one hardly does: one loop less.
    if (gaps || !sumWhole(start, rows, shift)) gaps = sumBlock(start, rows, shift) > 0;
    const there = load<f64>(COUNT);
    if (there == 0) continue;
    const both = total + there;
    const delta = load<f64>(SUM) / there - mean;
    mean += (delta * there) / both;
    squares += load<f64>(SQUARES) + delta * delta * ((total * there) / both);
    total = both;
  }
  store<f64>(MOMENTS, total);
  store<f64>(MOMENTS + 8, shift);
  store<f64>(MOMENTS + 16, mean);
  store<f64>(MOMENTS + 24, squares);
  store<f64>(MOMENTS + 32, gaps ? 1 : 0);
}

/** [count] numbers to `into`, `fill` for those that are none. A place behind an odd count is written, too. */
export function fillNumbers(from: usize, into: usize, count: usize, fill: f64): void {
  const fills = f64x2.splat(fill);
  for (let at: usize = 0; at < count * 8; at += 16) {
    const pair = v128.load(from + at);
    v128.store(into + at, v128.bitselect(pair, fills, f64x2.eq(pair, pair)));
  }
}

/** (x - shift - rest) / scale of [count] numbers. A place behind an odd count is written, too. */
export function scaleNumbers(from: usize, into: usize, count: usize, shift: f64, rest: f64, scale: f64): void {
  const shifts = f64x2.splat(shift);
  const rests = f64x2.splat(rest);
  const scales = f64x2.splat(scale);
  for (let at: usize = 0; at < count * 8; at += 16)
    v128.store(into + at, f64x2.div(f64x2.sub(f64x2.sub(v128.load(from + at), shifts), rests), scales));
}
