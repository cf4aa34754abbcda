import type { Random } from "../../random.ts";

/**
 * Which features may be asked below a path: those of a group of features that has all of the path in it, and the path's
 * own. A feature in no group is one on its own.
 *
 * @param features 1 for features of the tree.
 */
export function reachableFeatures(
  path: readonly number[],
  groups: readonly (readonly number[])[] | undefined,
  features: Uint8Array,
): Uint8Array {
  if (groups === undefined || path.length === 0) return features;
  const reachable = new Uint8Array(features.length);
  for (const feature of path) reachable[feature] = 1;
  for (const group of groups) {
    if (!path.every((feature) => group.includes(feature))) continue;
    for (const feature of group) reachable[feature] = features[feature]!;
  }
  return reachable;
}

/**
 * A share of the features at random: `round(share * count)` of them, at least one.
 *
 * @returns 1 for features that were drawn.
 */
export function drawFeatures(features: Uint8Array, share: number, random: Random): Uint8Array {
  const pool = [...features.keys()].filter((feature) => features[feature] === 1);
  const drawn = new Uint8Array(features.length);
  const count = Math.min(pool.length, Math.max(1, Math.round(share * pool.length)));
  for (let i = 0; i < count; i++) {
    const at = i + random.integer(pool.length - i);
    [pool[i], pool[at]] = [pool[at]!, pool[i]!];
    drawn[pool[i]!] = 1;
  }
  return drawn;
}
