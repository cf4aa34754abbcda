const scratch = new DataView(new ArrayBuffer(8));

/**
 * The 16 bits of the half-precision number nearest to a number, ties to the even one (IEEE 754, binary16). What rounds
 * beyond 65504 becomes infinite; every NaN becomes the quiet one of its sign. The rounding is from double precision, so
 * that it happens once.
 *
 * @example
 * float16Bits(1); // 0x3c00
 * float16Bits(65520); // 0x7c00, infinity
 */
export function float16Bits(value: number): number {
  scratch.setFloat64(0, value);
  const high = scratch.getUint32(0);
  const sign = (high >>> 16) & 0x8000;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return sign | 0x7e00;
  // Halfway between the largest number and the next power of two is even there: it goes up.
  if (size >= 65_520) return sign | 0x7c00;
  // Below 2^-14 numbers are multiples of 2^-24; adding a number with that last place rounds as the hardware does.
  if (size < 2 ** -14) return sign | ((size + 2 ** 28) * 2 ** 24 - 2 ** 52);
  const exponent = ((high >>> 20) & 0x7ff) - 1023;
  const steps = size * 2 ** (10 - exponent);
  // A power of two whose last place is 1: the sum rounds to a whole number of steps, ties to even.
  const rounded = steps + 2 ** 52 - 2 ** 52;
  return sign | ((exponent + 14) * 1024 + rounded);
}

/**
 * The number that 16 bits of half precision stand for, exactly.
 *
 * @example
 * float16Number(0x3c00); // 1
 */
export function float16Number(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/**
 * Numbers rounded to half precision, as the bits that files and runtimes hold. Works in engines without `Float16Array`,
 * over whose buffer the bits are its numbers.
 *
 * @example
 * new Float16Array(toFloat16(Float32Array.of(1, 0.1)).buffer);
 */
export function toFloat16(numbers: ArrayLike<number>): Uint16Array {
  const bits = new Uint16Array(numbers.length);
  for (let at = 0; at < bits.length; at += 1) bits[at] = float16Bits(numbers[at]!);
  return bits;
}

/** Half-precision numbers, given as their bits, in single precision; exact. */
export function fromFloat16(bits: ArrayLike<number>): Float32Array {
  const numbers = new Float32Array(bits.length);
  for (let at = 0; at < numbers.length; at += 1) numbers[at] = float16Number(bits[at]!);
  return numbers;
}
