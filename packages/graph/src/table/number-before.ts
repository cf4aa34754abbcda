const number = new Float32Array(1);
const bits = new Int32Array(number.buffer);

/** The next smaller number of single precision; NaN below all of them, which nothing is at most. */
export function numberBefore(value: number): number {
  if (value === -Infinity) return Number.NaN;
  number[0] = value === 0 ? 0 : value;
  bits[0] = value === 0 ? -0x7fffffff : bits[0]! + (value > 0 ? -1 : 1);
  return number[0];
}
