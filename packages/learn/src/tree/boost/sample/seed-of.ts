import { hash32 } from "../../kernel/hash32.ts";

/** What random numbers of a round are for. */
const PURPOSES = { bag: 1, goss: 2, features: 3, grow: 4, drop: 5 } as const;

/**
 * The seed of one draw: a hash of the fit's seed, the round (counted over continued fits) and the purpose, so that a round
 * draws the same whatever was drawn before it.
 *
 * @param part tells apart draws of one purpose in a round: the output of a tree.
 */
export function seedOf(seed: number, round: number, purpose: keyof typeof PURPOSES, part = 0): number {
  return hash32(hash32(hash32(seed | 0, round), PURPOSES[purpose]), part);
}
