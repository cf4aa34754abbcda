/** `expOf` of the TypeScript objectives for two numbers: each lane's operations are the same, so are the bits. */
// @ts-ignore: decorator
@inline export function exponential(x: v128): v128 {
  const k = f64x2.floor(f64x2.add(f64x2.mul(x, f64x2.splat(1.4426950408889634)), f64x2.splat(0.5)));
  const high = f64x2.sub(x, f64x2.mul(k, f64x2.splat(0.6931471803691238)));
  const r = f64x2.sub(high, f64x2.mul(k, f64x2.splat(1.9082149292705877e-10)));
  let p = step(f64x2.splat(1.605904383682161e-10), r, 2.08767569878681e-9);
  p = step(p, r, 2.505210838544172e-8);
  p = step(p, r, 2.7557319223985894e-7);
  p = step(p, r, 2.7557319223985893e-6);
  p = step(p, r, 2.48015873015873e-5);
  p = step(p, r, 1.984126984126984e-4);
  p = step(p, r, 1.388888888888889e-3);
  p = step(p, r, 8.333333333333333e-3);
  p = step(p, r, 4.1666666666666664e-2);
  p = step(p, r, 1.6666666666666666e-1);
  p = step(p, r, 0.5);
  p = step(p, r, 1);
  p = step(p, r, 1);
  const capped = f64x2.pmin(k, f64x2.splat(1023));
  const scaled = f64x2.mul(f64x2.mul(p, power(capped)), power(f64x2.sub(k, capped)));
  const small = f64x2.lt(x, f64x2.splat(-708));
  const large = f64x2.gt(x, f64x2.splat(709.782712893384));
  return v128.bitselect(f64x2.splat(Infinity), v128.andnot(scaled, small), large);
}

// @ts-ignore: decorator
@inline function step(p: v128, r: v128, c: f64): v128 { return f64x2.add(f64x2.mul(p, r), f64x2.splat(c)); }

/** 2^k for whole numbers from -1022 to 1023: k moves into the lowest bits of the mantissa, from there into the exponent. */
// @ts-ignore: decorator
@inline function power(k: v128): v128 {
  const bits = f64x2.add(k, f64x2.splat(6755399441055744.0));
  return i64x2.shl(i64x2.add(bits, i64x2.splat(1023)), 52);
}
