/** The best boundary so far of a node. */

export let score: f64 = 0;
/** Weight that goes left. */
export let weight: f64 = 0;
/** The last bin that goes left, and the next that any row is in; 255 where that is the bin of what is missing. */
export let low: i32 = 0;
export let high: i32 = 0;
export let missingLeft: bool = false;

export function startSearch(): void {
  score = -Infinity;
}

export function note(better: f64, left: f64, below: i32, above: i32, missing: bool): void {
  score = better;
  weight = left;
  low = below;
  high = above;
  missingLeft = missing;
}

/** `gainOfSums` of TypeScript. */
// @ts-ignore: decorator
@inline export function gainOfSums(W: f64, S: f64, w: f64, s: f64): f64 {
  const t = s * W - S * w;
  return (t * t) / (w * (W - w) * W);
}
