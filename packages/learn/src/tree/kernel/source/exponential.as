/**
 * Numbers of the exponential, each twice, so that a SIMD load fetches it: engines build a constant of 128 bits anew with
 * several instructions wherever it is used.
 */
const NUMBERS: usize = memory.data<f64>([
  1.4426950408889634, 1.4426950408889634,
  0.5, 0.5,
  0.6931471803691238, 0.6931471803691238,
  1.9082149292705877e-10, 1.9082149292705877e-10,
  1.605904383682161e-10, 1.605904383682161e-10,
  2.08767569878681e-9, 2.08767569878681e-9,
  2.505210838544172e-8, 2.505210838544172e-8,
  2.7557319223985894e-7, 2.7557319223985894e-7,
  2.7557319223985893e-6, 2.7557319223985893e-6,
  2.48015873015873e-5, 2.48015873015873e-5,
  1.984126984126984e-4, 1.984126984126984e-4,
  1.388888888888889e-3, 1.388888888888889e-3,
  8.333333333333333e-3, 8.333333333333333e-3,
  4.1666666666666664e-2, 4.1666666666666664e-2,
  1.6666666666666666e-1, 1.6666666666666666e-1,
  0.5, 0.5,
  1.0, 1.0,
  1.0, 1.0,
  1023.0, 1023.0,
  6755399441055744.0, 6755399441055744.0,
  -708.0, -708.0,
  709.782712893384, 709.782712893384,
], 16);

// @ts-ignore: decorator
@inline function number(place: usize): v128 { return v128.load(NUMBERS + 16 * place); }

/** `expOf` of the TypeScript objectives for two numbers: each lane's operations are the same, so are the bits. */
// @ts-ignore: decorator
@inline export function exponential(x: v128): v128 {
  const k = f64x2.floor(f64x2.add(f64x2.mul(x, number(0)), number(1)));
  const r = f64x2.sub(f64x2.sub(x, f64x2.mul(k, number(2))), f64x2.mul(k, number(3)));
  let p = f64x2.add(f64x2.mul(number(4), r), number(5));
  p = f64x2.add(f64x2.mul(p, r), number(6));
  p = f64x2.add(f64x2.mul(p, r), number(7));
  p = f64x2.add(f64x2.mul(p, r), number(8));
  p = f64x2.add(f64x2.mul(p, r), number(9));
  p = f64x2.add(f64x2.mul(p, r), number(10));
  p = f64x2.add(f64x2.mul(p, r), number(11));
  p = f64x2.add(f64x2.mul(p, r), number(12));
  p = f64x2.add(f64x2.mul(p, r), number(13));
  p = f64x2.add(f64x2.mul(p, r), number(14));
  p = f64x2.add(f64x2.mul(p, r), number(15));
  p = f64x2.add(f64x2.mul(p, r), number(16));
  p = f64x2.add(f64x2.mul(p, r), number(17));
  const capped = f64x2.pmin(k, number(18));
  const scaled = f64x2.mul(f64x2.mul(p, power(capped)), power(f64x2.sub(k, capped)));
  const small = f64x2.lt(x, number(20));
  const large = f64x2.gt(x, number(21));
  return v128.bitselect(f64x2.splat(Infinity), v128.andnot(scaled, small), large);
}

/** 2^k for whole numbers from -1022 to 1023: k moves into the lowest bits of the mantissa, from there into the exponent. */
// @ts-ignore: decorator
@inline function power(k: v128): v128 {
  return i64x2.shl(i64x2.add(f64x2.add(k, number(19)), i64x2.splat(1023)), 52);
}
