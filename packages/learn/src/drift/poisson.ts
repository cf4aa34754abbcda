import type { Random } from "../random.ts";

/**
 * A Poisson number with the given mean: by multiplication of uniforms (D. Knuth, "The art of computer programming",
 * volume 2, 3.4.1) below 30, above it by the rounded normal approximation, whose error there is below that of a
 * histogram's bin.
 */
export function poisson(random: Random, mean: number): number {
  if (mean <= 0) return 0;
  if (mean >= 30) return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = random.uniform(); product > limit; product *= random.uniform()) count++;
  return count;
}
