/** To the nearest whole number, halves to the even one. */
function halfEven(value: number): number {
  const low = Math.floor(value);
  const part = value - low;
  if (part !== 0.5) return Math.round(value);
  return low % 2 === 0 ? low : low + 1;
}

/**
 * Numbers rounded to whole ones whose sum is that of the numbers, rounded: those that lost most by rounding are moved
 * first, of equals the first.
 */
export function preserveSum(numbers: Float64Array): Float64Array {
  const rounded = numbers.map(halfEven);
  const total = (of: Float64Array) => of.reduce((sum, each) => sum + each, 0);
  let left = halfEven(total(numbers)) - total(rounded);
  while (left !== 0) {
    const step = Math.sign(left);
    const lost = numbers.map((number, at) => step * (number - rounded[at]!));
    const order = Int32Array.from(lost, (_, at) => at).sort((a, b) => lost[b]! - lost[a]! || a - b);
    for (const at of order.subarray(0, Math.abs(left))) rounded[at]! += step;
    left -= step * Math.min(order.length, Math.abs(left));
  }
  return rounded;
}
