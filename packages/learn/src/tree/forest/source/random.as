/** `seededRandom` and `drawBelow` of TypeScript, number for number. */

let a: u32 = 0;
let b: u32 = 0;
let c: u32 = 0;
let d: u32 = 0;

export function seedRandom(seed: u32): void {
  a = finalised(seed + 0x9e3779b9);
  b = finalised(seed + 2 * 0x9e3779b9);
  c = finalised(seed + 3 * 0x9e3779b9);
  d = finalised(seed + 4 * 0x9e3779b9);
}

function finalised(weyl: u32): u32 {
  let z = weyl;
  z = (z ^ (z >>> 16)) * 0x85ebca6b;
  z = (z ^ (z >>> 13)) * 0xc2b2ae35;
  return z ^ (z >>> 16);
}

/** An integer in 0..bound-1. */
// @ts-ignore: decorator
@inline export function drawBelow(bound: u32): u32 {
  const scrambled = rotl<u32>(b * 5, 7) * 9;
  const shifted = b << 9;
  c ^= a;
  d ^= b;
  b ^= c;
  a ^= d;
  c ^= shifted;
  d = rotl<u32>(d, 11);
  return u32((u64(scrambled) * u64(bound)) >>> 32);
}
