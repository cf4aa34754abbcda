import { tidelineError } from "@tideline/spec";
import { oneOf } from "../../net/check-option.ts";
import type { Tree } from "../tree-ensemble.ts";

/** What says how many training rows went which way: their number, or the sum of their second derivatives. */
export type Cover = "count" | "weight";

const COVERS = { count: true, weight: true } satisfies Record<Cover, true>;

/** @throws DEFINITION_ILLEGAL for what is no cover. */
export function checkCover(who: string, cover: Cover): void {
  oneOf(who, "cover", COVERS, cover);
}

/**
 * For each node the share of its parent's training rows that came to it; 1 for the root. Siblings share 1; where neither
 * saw any row, half each.
 *
 * @throws MODEL_UNSUPPORTED for a tree with branches that says nothing of its rows by this measure.
 */
export function coverShares(who: string, tree: Tree, cover: Cover): Float64Array {
  const sums = tree[cover];
  const nodes = tree.feature.length;
  const shares = new Float64Array(nodes).fill(1);
  let seen = nodes === 1;
  for (let node = 0; node < nodes; node++) {
    if (tree.feature[node]! < 0) continue;
    const left = tree.left[node]!;
    const right = tree.right[node]!;
    const all = sums[left]! + sums[right]!;
    const known = Number.isFinite(all) && all > 0;
    seen ||= known;
    shares[left] = known ? sums[left]! / all : 0.5;
    shares[right] = known ? sums[right]! / all : 0.5;
  }
  if (seen) return shares;
  throw tidelineError("MODEL_UNSUPPORTED", {
    who,
    field: "cover",
    expected: `trees that know the ${cover} of training rows at their nodes`,
    received: "none",
    remedy: `Ask for cover "${cover === "count" ? "weight" : "count"}", or for interventional values with background rows.`,
  });
}

/** The mean of the leaves below each node, by the shares of the rows. [nodes * width] */
export function coverMeans(tree: Tree, shares: Float64Array): Float64Array {
  const { width } = tree;
  const mean = Float64Array.from(tree.value);
  for (let node = tree.feature.length - 1; node >= 0; node--) {
    if (tree.feature[node]! < 0) continue;
    const left = tree.left[node]!;
    const right = tree.right[node]!;
    for (let k = 0; k < width; k++)
      mean[node * width + k] =
        shares[left]! * mean[left * width + k]! + shares[right]! * mean[right * width + k]!;
  }
  return mean;
}
