const number = new Float64Array(1);
const bits = new BigInt64Array(number.buffer);

/** The next larger number of double precision; NaN after Infinity, which nothing is at least. */
export function numberAfter(value: number): number {
  if (value === Infinity) return Number.NaN;
  number[0] = value === 0 ? 0 : value;
  bits[0] = value === 0 ? 1n : bits[0]! + (value > 0 ? 1n : -1n);
  return number[0];
}
