/** Beyond these arguments the result is 0 (nothing subnormal is made) or Infinity. */
const LEAST = -708;
const MOST = 709.782712893384;

const LOG2E = 1.4426950408889634;
/** ln 2 in two parts; the first has 21 trailing zero bits, so that its product with any exponent is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** 2^k at place k + 1022. */
const POWERS = Float64Array.from({ length: 2046 }, (_, at) => 2 ** (at - 1022));

/**
 * e^x by additions and multiplications of float64 alone, in this order, so that kernels in another language can give the
 * same bits: with k = floor(x * LOG2E + 0.5) and r = (x - k * LN2_HIGH) - k * LN2_LOW, the Taylor polynomial of degree 13
 * in r by Horner's scheme from 1/13! down (each step one multiplication, then one addition), times 2^k (for k = 1024 times
 * 2^1023, then 2). r is at most ln(2)/2 in size, where the first term left out is below 5e-18: the error is about one
 * unit in the last place. Below -708 it is 0, above 709.78 Infinity; NaN stays NaN.
 */
export function expOf(x: number): number {
  if (x < LEAST) return 0;
  if (x > MOST) return Infinity;
  const k = Math.floor(x * LOG2E + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let p = 1.605904383682161e-10 * r + 2.08767569878681e-9;
  p = p * r + 2.505210838544172e-8;
  p = p * r + 2.7557319223985894e-7;
  p = p * r + 2.7557319223985893e-6;
  p = p * r + 2.48015873015873e-5;
  p = p * r + 1.984126984126984e-4;
  p = p * r + 1.388888888888889e-3;
  p = p * r + 8.333333333333333e-3;
  p = p * r + 4.1666666666666664e-2;
  p = p * r + 1.6666666666666666e-1;
  p = p * r + 0.5;
  p = p * r + 1;
  p = p * r + 1;
  return k === 1024 ? p * POWERS[2045]! * 2 : p * POWERS[k + 1022]!;
}
