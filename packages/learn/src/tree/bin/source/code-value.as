import { BEGINS, BOUNDS, CODES, MISSING_CELL, VALUES } from "./address";

/**
 * Bins of `count` values, a multiple of 4: the coders of `value-coder.ts` with the same arithmetic, four values at a time. What
 * is missing lies in a cell of its own. Returns whether anything was.
 */
export function codeEvenSingles(count: u32, origin: f64, scale: f64, last: f64, one: bool): bool {
  return one ? codeEven<f32>(count, origin, scale, last, true) : codeEven<f32>(count, origin, scale, last, false);
}

export function codeEvenDoubles(count: u32, origin: f64, scale: f64, last: f64, one: bool): bool {
  return one ? codeEven<f64>(count, origin, scale, last, true) : codeEven<f64>(count, origin, scale, last, false);
}

export function codeBitsSingles(count: u32, origin: i32, shift: i32, last: i32, one: bool): bool {
  return one ? codeBits<f32>(count, origin, shift, last, true) : codeBits<f32>(count, origin, shift, last, false);
}

export function codeBitsDoubles(count: u32, origin: i32, shift: i32, last: i32, one: bool): bool {
  return one ? codeBits<f64>(count, origin, shift, last, true) : codeBits<f64>(count, origin, shift, last, false);
}

/** Even cells, at most one bound in each where `one` says so. */
// @ts-ignore: decorator
@inline function codeEven<T>(count: u32, origin: f64, scale: f64, last: f64, one: bool): bool {
  const from = f64x2.splat(origin), by = f64x2.splat(scale), to = f64x2.splat(last);
  const zero = f64x2.splat(0);
  let missing = i32x4.splat(0);
  for (let at: u32 = 0; at < count; at += 4) {
    const low = two<T>(at), high = two<T>(at + 2);
    // Of what is no number nothing is less: it stays, and becomes cell 0.
    const a = f64x2.pmin(f64x2.pmax(f64x2.mul(f64x2.sub(low, from), by), zero), to);
    const b = f64x2.pmin(f64x2.pmax(f64x2.mul(f64x2.sub(high, from), by), zero), to);
    const none = absent(low, high);
    missing = v128.or(missing, none);
    const cells = v128.shuffle<u32>(i32x4.trunc_sat_f64x2_s_zero(a), i32x4.trunc_sat_f64x2_s_zero(b), 0, 1, 4, 5);
    codeFour(at, low, high, v128.bitselect(i32x4.splat(MISSING_CELL), cells, none), one);
  }
  return v128.any_true(missing);
}

/** Cells that are even in the upper halves of the numbers' bits. */
// @ts-ignore: decorator
@inline function codeBits<T>(count: u32, origin: i32, shift: i32, last: i32, one: bool): bool {
  const from = i32x4.splat(origin), to = i32x4.splat(last);
  let missing = i32x4.splat(0);
  for (let at: u32 = 0; at < count; at += 4) {
    const low = two<T>(at), high = two<T>(at + 2);
    const bits = v128.shuffle<u32>(low, high, 1, 3, 5, 7);
    const keys = v128.xor(bits, v128.and(i32x4.shr_s(bits, 31), i32x4.splat(0x7fffffff)));
    const inside = i32x4.min_s(to, i32x4.max_s(from, keys));
    const none = absent(low, high);
    missing = v128.or(missing, none);
    const cells = i32x4.shr_u(i32x4.sub(inside, from), shift);
    codeFour(at, low, high, v128.bitselect(i32x4.splat(MISSING_CELL), cells, none), one);
  }
  return v128.any_true(missing);
}

/** The same without a grid. */
export function searchSingles(count: u32, missing: u32): bool { return search<f32>(count, missing); }
export function searchDoubles(count: u32, missing: u32): bool { return search<f64>(count, missing); }

// @ts-ignore: decorator
@inline function search<T>(count: u32, missing: u32): bool {
  let seen: bool = false;
  for (let at: u32 = 0; at < count; at++) {
    const value = f64(load<T>(VALUES + sizeof<T>() * at));
    let bin: u32 = u32(above(value, 127)) << 7;
    bin += u32(above(value, bin + 63)) << 6;
    bin += u32(above(value, bin + 31)) << 5;
    bin += u32(above(value, bin + 15)) << 4;
    bin += u32(above(value, bin + 7)) << 3;
    bin += u32(above(value, bin + 3)) << 2;
    bin += u32(above(value, bin + 1)) << 1;
    bin += u32(above(value, bin));
    const none = value != value;
    seen = seen || none;
    store<u8>(CODES + at, none ? missing : bin);
  }
  return seen;
}

/** Two values in float64. */
// @ts-ignore: decorator
@inline function two<T>(at: u32): v128 {
  if (sizeof<T>() == 8) return v128.load(VALUES + 8 * at);
  return f64x2.promote_low_f32x4(v128.load64_zero(VALUES + 4 * at));
}

// @ts-ignore: decorator
@inline function absent(low: v128, high: v128): v128 {
  return v128.shuffle<u32>(f64x2.ne(low, low), f64x2.ne(high, high), 0, 2, 4, 6);
}

// @ts-ignore: decorator
@inline function codeFour(at: u32, low: v128, high: v128, cells: v128, one: bool): void {
  const a = binIn(u32(i32x4.extract_lane(cells, 0)), f64x2.extract_lane(low, 0), one);
  const b = binIn(u32(i32x4.extract_lane(cells, 1)), f64x2.extract_lane(low, 1), one);
  const c = binIn(u32(i32x4.extract_lane(cells, 2)), f64x2.extract_lane(high, 0), one);
  const d = binIn(u32(i32x4.extract_lane(cells, 3)), f64x2.extract_lane(high, 1), one);
  store<u32>(CODES + at, a | (b << 8) | (c << 16) | (d << 24));
}

// @ts-ignore: decorator
@inline function binIn(cell: u32, value: f64, one: bool): u32 {
  let bin: u32 = load<u8>(BEGINS + cell);
  if (!one) bin += u32(above(value, bin));
  return bin + u32(above(value, bin));
}

// @ts-ignore: decorator
@inline function above(value: f64, bin: u32): bool { return value > load<f64>(BOUNDS + 8 * bin); }
