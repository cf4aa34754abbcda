import type { BinnedFeature } from "../../binned-table.ts";
import type { Tree } from "../../tree-ensemble.ts";

/** The nodes that a row of raw values comes by, the leaf last; codes of categories, NaN and codes outside are missing. */
export function walkTree(
  tree: Tree,
  features: readonly BinnedFeature[],
  value: (feature: number) => number,
): readonly number[] {
  const way = [0];
  for (let node = 0; tree.feature[node]! >= 0; way.push(node)) {
    const f = tree.feature[node]!;
    node = goesLeft(tree, node, features[f]!, value(f)) ? tree.left[node]! : tree.right[node]!;
  }
  return way;
}

function goesLeft(tree: Tree, node: number, feature: BinnedFeature, value: number): boolean {
  if (feature.kind === "numeric") {
    return Number.isNaN(value) ? tree.missingLeft[node] === 1 : value <= tree.threshold[node]!;
  }
  const known = value >= 0 && value < feature.categories.length;
  if (!known) return tree.missingLeft[node] === 1;
  const words = tree.sets[tree.set[node]!]!;
  return (((words[value >> 5] ?? 0) >>> (value & 31)) & 1) === 1;
}
