import type { Tree, TreeEnsemble } from "../../tree-ensemble.ts";
import { isZero } from "../zero.ts";

/** The leaf that a row reaches, by the letter of `Tree`'s description. A categorical feature's value is its code. */
export function leafOf(features: TreeEnsemble["features"], tree: Tree, row: ArrayLike<number>): number {
  let node = 0;
  while (tree.feature[node] !== -1) {
    const feature = features[tree.feature[node]!]!;
    const value = row[tree.feature[node]!]!;
    let left: boolean;
    if (feature.kind === "numeric") {
      const missing = Number.isNaN(value) || (feature.zeroIsMissing === true && isZero(value));
      left = missing ? tree.missingLeft[node] === 1 : value <= tree.threshold[node]!;
    } else {
      const missing = !(Number.isInteger(value) && value >= 0 && value < feature.categories.length);
      const words = tree.sets[tree.set[node]!]!;
      left = missing
        ? tree.missingLeft[node] === 1
        : (((words[value >>> 5] ?? 0) >>> (value & 31)) & 1) === 1;
    }
    node = left ? tree.left[node]! : tree.right[node]!;
  }
  return node;
}

/** The raw scores of one row: the oracle of `rawScores`. */
export function scoresSlowly(ensemble: TreeEnsemble, row: ArrayLike<number>): number[] {
  const { features, trees, outputs, target, base, average } = ensemble;
  return Array.from({ length: outputs }, (_, output) => {
    let sum = average ? 0 : base[output]!;
    let count = 0;
    for (const [at, tree] of trees.entries()) {
      const whole = tree.width === outputs && (target[at] === -1 || outputs === 1);
      if (!whole && target[at] !== output) continue;
      count++;
      sum += tree.value[leafOf(features, tree, row) * tree.width + (tree.width > 1 ? output : 0)]!;
    }
    return average ? sum / Math.max(1, count) + base[output]! : sum;
  });
}
