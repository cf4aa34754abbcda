/** Euler's constant. */
const EULER = 0.5772156649015329;

/**
 * Branches that a search for one of so many rows passes on average where it fails: c(n) of the paper, as in a binary search tree.
 * What is left of a path where a tree stops at several rows, and the measure of all paths.
 */
export function averagePathLength(rows: number): number {
  if (rows <= 1) return 0;
  if (rows === 2) return 1;
  return 2 * (Math.log(rows - 1) + EULER) - (2 * (rows - 1)) / rows;
}
