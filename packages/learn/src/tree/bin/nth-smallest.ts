/** The n-th smallest, from 1, of the first `count` integers: counted by upper, then by lower half. */
export function nthSmallest(values: Uint32Array, count: number, n: number): number {
  const counts = new Int32Array(1 << 16);
  for (let at = 0; at < count; at++) counts[values[at]! >>> 16]!++;
  let left = n;
  let upper = 0;
  while (left > counts[upper]!) left -= counts[upper++]!;
  counts.fill(0);
  for (let at = 0; at < count; at++) if (values[at]! >>> 16 === upper) counts[values[at]! & 0xffff]!++;
  let lower = 0;
  while (left > counts[lower]!) left -= counts[lower++]!;
  return ((upper << 16) | lower) >>> 0;
}
