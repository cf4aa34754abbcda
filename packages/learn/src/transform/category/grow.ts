/** Numbers with room for `length`, at least doubled where they had less: the rest is 0. */
export function grown(numbers: Float64Array, length: number): Float64Array<ArrayBuffer> {
  if (numbers.length >= length) return numbers as Float64Array<ArrayBuffer>;
  const larger = new Float64Array(Math.max(length, 2 * numbers.length, 16));
  larger.set(numbers);
  return larger;
}
