/**
 * A seed of its own for one purpose of a run, such as the noise of step 7 of epoch 3: the parts are mixed one after
 * the other through the finaliser of MurmurHash3 (A. Appleby, public domain), so that neighbouring parts give
 * unrelated seeds and any moment of a run can be reached without running what came before it.
 *
 * @param parts integers, of which the low 32 bits count.
 * @returns an integer in 0..2^32-1.
 * @example deriveSeed(7, SEED_PURPOSES.noise, epoch, step)
 */
export function deriveSeed(seed: number, ...parts: readonly number[]): number {
  let mixed = finish(seed | 0);
  for (const part of parts) mixed = finish((Math.imul(mixed, 31) + (part | 0) + 0x9e3779b9) | 0);
  return mixed >>> 0;
}

/** What the seeds of a training run are for. */
export const SEED_PURPOSES = { order: 1, noise: 2, augment: 3 } as const;

function finish(value: number): number {
  let z = value;
  z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
  z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
  return z ^ (z >>> 16);
}
