/** What a forest asks of every node. */

/** Features of the table. */
export let width: i32 = 0;
/** Features that a node looks at. */
export let featuresByNode: i32 = 0;
/** Depth at most. */
export let deepest: i32 = 0;
export let minChildRows: f64 = 0;
export let minChildWeight: f64 = 0;
export let minGain: f64 = 0;
export let gainScale: f64 = 1;
/** Whether rows have weights of their own, so that draws are counted beside them. */
export let weighted: bool = false;
/** Whether targets are two classes, 0 and 1. */
export let twoClasses: bool = false;

export function setGrowth(
  features: i32,
  byNode: i32,
  depth: i32,
  childRows: f64,
  childWeight: f64,
  gain: f64,
  scale: f64,
  ownWeights: bool,
  classes: bool,
): void {
  width = features;
  featuresByNode = byNode;
  deepest = depth;
  minChildRows = childRows;
  minChildWeight = childWeight;
  minGain = gain;
  gainScale = scale;
  weighted = ownWeights;
  twoClasses = classes;
}

/** Differences of sums keep no digits below this share of the whole; scores that differ by less are equal. */
const ROUNDING: f64 = 1e-12;

/** `floorOf` of TypeScript. */
export function floorOf(weight: f64): f64 {
  return max(max(weight * ROUNDING, minChildWeight), weighted ? 0 : minChildRows);
}

/** `enoughGain` of TypeScript. */
export function enoughOf(weight: f64, sum: f64, rows: i32): f64 {
  if (rows == 2) return -Infinity;
  if (!twoClasses) return Infinity;
  return ((sum * (weight - sum)) / weight) * (1 - ROUNDING);
}

/** Whether a node of such a depth, drawn so often, may be split. */
export function splits(depth: i32, draws: f64): bool {
  return depth < deepest && !(draws < 2 * minChildRows);
}

/** The gain of a score; below 0 where it is not enough. */
export function gainOf(score: f64): f64 {
  const gain = score * gainScale;
  const slack = abs(score) * ROUNDING;
  return gain + slack >= minGain ? max(gain, 0) : -1;
}
