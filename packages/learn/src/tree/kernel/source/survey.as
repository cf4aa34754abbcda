import { BLOCK_SUMS, GRADIENT, HESSIAN, ORDER, SUM_BLOCK, SURVEY, firstPlace, setup, word } from "./address";

/**
 * Sizes of the derivatives of a thread's rows: sums by block of places, and over all of its places the largest, the
 * smallest above 0, whether one is no whole number, and whether one is below 0. Of both derivatives, 64 bytes a thread.
 * Words: 0 number of places, 1 whether they are the table's rows themselves.
 */
export function survey(thread: u32): void {
  const count = word(0);
  const direct = word(1);
  const from = firstPlace(count, thread);
  const to = firstPlace(count, thread + 1);
  const blocks = (count + SUM_BLOCK - 1) / SUM_BLOCK;
  const into = setup(SURVEY) + 64 * thread;
  surveyValues(setup(GRADIENT), direct ? 0 : setup(ORDER), from, to, setup(BLOCK_SUMS), into);
  surveyValues(setup(HESSIAN), direct ? 0 : setup(ORDER), from, to, setup(BLOCK_SUMS) + 8 * blocks, into + 32);
}

export function surveyValues(values: usize, order: usize, from: u32, to: u32, sums: usize, into: usize): void {
  let largest = f32x4.splat(0);
  let smallest = f32x4.splat(f32.POSITIVE_INFINITY);
  let broken = i32x4.splat(0);
  let negative = i32x4.splat(0);
  const zero = f32x4.splat(0);
  const infinity = f32x4.splat(f32.POSITIVE_INFINITY);
  for (let start = from; start < to; start += SUM_BLOCK) {
    const end = min<u32>(start + SUM_BLOCK, to);
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    for (let i = start; i < end; i += 4) {
      const value = four(values, order, i, end);
      const size = f32x4.abs(value);
      low = f64x2.add(low, f64x2.promote_low_f32x4(size));
      high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<u32>(size, size, 2, 3, 2, 3)));
      largest = f32x4.pmax(largest, size);
      smallest = f32x4.pmin(smallest, v128.bitselect(size, infinity, f32x4.gt(size, zero)));
      broken = v128.or(broken, f32x4.ne(size, f32x4.floor(size)));
      negative = v128.or(negative, f32x4.lt(value, zero));
    }
    const sum =
      f64x2.extract_lane(low, 0) + f64x2.extract_lane(low, 1) +
      (f64x2.extract_lane(high, 0) + f64x2.extract_lane(high, 1));
    store<f64>(sums + 8 * (start / SUM_BLOCK), sum);
  }
  store<f32>(into, lanes(largest, true));
  store<f32>(into, lanes(smallest, false), 4);
  store<u32>(into, u32(v128.any_true(broken)), 8);
  store<u32>(into, u32(v128.any_true(negative)), 12);
}

function lanes(values: v128, greatest: bool): f32 {
  const a = f32x4.extract_lane(values, 0), b = f32x4.extract_lane(values, 1);
  const c = f32x4.extract_lane(values, 2), d = f32x4.extract_lane(values, 3);
  return greatest ? max(max(a, b), max(c, d)) : min(min(a, b), min(c, d));
}

/** Values at four places; 0 beyond the end, which changes nothing. */
// @ts-ignore: decorator
@inline function four(values: usize, order: usize, i: u32, end: u32): v128 {
  if (order == 0 && i + 4 <= end) return v128.load(values + 4 * i);
  let out = f32x4.splat(at(values, order, i));
  out = f32x4.replace_lane(out, 1, i + 1 < end ? at(values, order, i + 1) : 0);
  out = f32x4.replace_lane(out, 2, i + 2 < end ? at(values, order, i + 2) : 0);
  return f32x4.replace_lane(out, 3, i + 3 < end ? at(values, order, i + 3) : 0);
}

// @ts-ignore: decorator
@inline function at(values: usize, order: usize, i: u32): f32 {
  return load<f32>(values + 4 * (order == 0 ? i : load<u32>(order + 4 * i)));
}
