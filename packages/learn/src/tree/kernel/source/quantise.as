import { GRADIENT, HESSIAN, ORDER, PAIRS, LEAF_BEGIN, LEAF_COUNT, SURVEY, firstPlace, real, setup, word } from "./address";

/**
 * Quantises a thread's rows and makes them its part of leaf 0. Words: 0 number of places, 1 whether they are the table's
 * rows themselves, 2 seed. Reals: 0 and 1, the inverse scales.
 */
export function takeUp(thread: u32): void {
  const count = word(0);
  const from = firstPlace(count, thread);
  const to = firstPlace(count, thread + 1);
  const gradient = setup(GRADIENT);
  const hessian = setup(HESSIAN);
  let sums: i64;
  if (word(1) != 0) {
    fillOrder(setup(ORDER), from, to);
    sums = quantiseAll(gradient, hessian, setup(PAIRS), from, to, word(2), real(0), real(1));
  } else sums = quantiseBag(gradient, hessian, setup(PAIRS), setup(ORDER), from, to, word(2), real(0), real(1));
  store<i64>(setup(SURVEY) + 8 * thread, sums);
  store<u32>(setup(LEAF_BEGIN) + 4 * thread, from);
  store<u32>(setup(LEAF_COUNT) + 4 * thread, to - from);
}

export function fillOrder(order: usize, from: u32, to: u32): void {
  for (let i = from; i < to; i++) store<u32>(order + 4 * i, i);
}

/** 16 bits of both derivatives: the gradient, signed, in the upper ones. Returns their sum, 32 bits each. */
export function quantiseAll(
  gradient: usize, hessian: usize, pairs: usize, from: u32, to: u32, seed: u32, byGradient: f64, byHessian: f64,
): i64 {
  let sumGradient = i64x2.splat(0);
  let sumHessian = i64x2.splat(0);
  const one = f64x2.splat(byGradient);
  const two = f64x2.splat(byHessian);
  let i = from;
  for (; i + 4 <= to; i += 4) {
    const bits = hash4(seed, i);
    const g = rounded4(v128.load(gradient + 4 * i), one, v128.and(bits, i32x4.splat(0xffff)));
    const h = rounded4(v128.load(hessian + 4 * i), two, i32x4.shr_u(bits, 16));
    v128.store(pairs + 4 * i, v128.or(i32x4.shl(g, 16), h));
    sumGradient = i64x2.add(sumGradient, i64x2.add(i64x2.extend_low_i32x4_s(g), i64x2.extend_high_i32x4_s(g)));
    sumHessian = i64x2.add(sumHessian, i64x2.add(i64x2.extend_low_i32x4_u(h), i64x2.extend_high_i32x4_u(h)));
  }
  let sum =
    ((i64x2.extract_lane(sumGradient, 0) + i64x2.extract_lane(sumGradient, 1)) << 32) +
    i64x2.extract_lane(sumHessian, 0) + i64x2.extract_lane(sumHessian, 1);
  for (; i < to; i++) sum += quantiseRow(gradient, hessian, pairs + 4 * i, i, seed, byGradient, byHessian);
  return sum;
}

export function quantiseBag(
  gradient: usize, hessian: usize, pairs: usize, order: usize, from: u32, to: u32, seed: u32, byGradient: f64, byHessian: f64,
): i64 {
  let sum: i64 = 0;
  for (let i = from; i < to; i++) {
    sum += quantiseRow(gradient, hessian, pairs + 4 * i, load<u32>(order + 4 * i), seed, byGradient, byHessian);
  }
  return sum;
}

// @ts-ignore: decorator
@inline function quantiseRow(
  gradient: usize, hessian: usize, into: usize, row: u32, seed: u32, byGradient: f64, byHessian: f64,
): i64 {
  const bits = hash(seed, row);
  const g = i32(floor(f64(load<f32>(gradient + 4 * row)) * byGradient + (f64(bits & 0xffff) + 0.5) / 65536));
  const h = i32(floor(f64(load<f32>(hessian + 4 * row)) * byHessian + (f64(bits >>> 16) + 0.5) / 65536));
  store<u32>(into, (g << 16) | h);
  return (i64(g) << 32) + i64(h);
}

/** `floor(value * by + (bits + 0.5) / 65536)` of four values. */
// @ts-ignore: decorator
@inline function rounded4(values: v128, by: v128, bits: v128): v128 {
  const low = rounded2(f64x2.promote_low_f32x4(values), by, f64x2.convert_low_i32x4_u(bits));
  const upper = v128.shuffle<u32>(values, values, 2, 3, 2, 3);
  const upperBits = v128.shuffle<u32>(bits, bits, 2, 3, 2, 3);
  const high = rounded2(f64x2.promote_low_f32x4(upper), by, f64x2.convert_low_i32x4_u(upperBits));
  return v128.shuffle<u32>(low, high, 0, 1, 4, 5);
}

// @ts-ignore: decorator
@inline function rounded2(values: v128, by: v128, bits: v128): v128 {
  const share = f64x2.mul(f64x2.add(bits, f64x2.splat(0.5)), f64x2.splat(1.0 / 65536));
  return i32x4.trunc_sat_f64x2_s_zero(f64x2.floor(f64x2.add(f64x2.mul(values, by), share)));
}

/** `hash32` of the TypeScript kernels. */
export function hash(seed: u32, position: u32): u32 {
  let z = seed + (position + 1) * 0x9e3779b9;
  z = (z ^ (z >>> 16)) * 0x85ebca6b;
  z = (z ^ (z >>> 13)) * 0xc2b2ae35;
  return z ^ (z >>> 16);
}

// @ts-ignore: decorator
@inline function hash4(seed: u32, position: u32): v128 {
  const places = i32x4.add(i32x4.splat(position + 1), i32x4(0, 1, 2, 3));
  let z = i32x4.add(i32x4.splat(seed), i32x4.mul(places, i32x4.splat(0x9e3779b9)));
  z = i32x4.mul(v128.xor(z, i32x4.shr_u(z, 16)), i32x4.splat(0x85ebca6b));
  z = i32x4.mul(v128.xor(z, i32x4.shr_u(z, 13)), i32x4.splat(0xc2b2ae35));
  return v128.xor(z, i32x4.shr_u(z, 16));
}
