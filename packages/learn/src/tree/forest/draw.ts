import type { Random } from "../../random.ts";

/**
 * An integer in 0..bound-1 by one multiplication. A growing tree draws millions of them for bounds below 2^16, where no
 * number is likelier than another by more than 2^-16 of its chance; `random.integer` is exact and divides.
 */
export function drawBelow(random: Random, bound: number): number {
  return Math.floor((random.uint32() * bound) / 4294967296);
}

/** Whether a fair coin falls on its head. */
export function tossCoin(random: Random): boolean {
  return random.uint32() >= 2147483648;
}

/** Seeds of so many trees: those of the first trees do not depend on how many follow. */
export function treeSeeds(random: Random, trees: number): Uint32Array {
  return Uint32Array.from({ length: trees }, () => random.uint32());
}
