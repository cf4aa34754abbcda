/**
 * A 32-bit hash of two integers: a Weyl step by `position` through the finaliser of MurmurHash3 (A. Appleby, 2011). All
 * operations are on 32-bit integers that wrap, so every platform gives the same bits.
 *
 * @param seed any number: its low 32 bits count, of a fraction those of its whole part, as in every kernel's memory.
 * @returns an integer in 0..2^32-1.
 * @example
 * hash32(7, 0); // the random bits of row 0 in a tree of seed 7
 */
export function hash32(seed: number, position: number): number {
  let z = ((seed | 0) + Math.imul(position + 1, 0x9e3779b9)) | 0;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return (z ^ (z >>> 16)) >>> 0;
}
