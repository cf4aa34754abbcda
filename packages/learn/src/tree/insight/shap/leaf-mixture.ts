import type { Tree } from "../../tree-ensemble.ts";
import type { ShapSink } from "./add-tree-shap.ts";

/**
 * Adds the Shapley values of the game between two rows in one tree. Down the tree, where both go the same way so does every
 * mixture; where they part, each way needs the feature from one of them. A leaf that needs u features from our row and v from
 * the other is worth its score to coalitions that hold the u and none of the v: each of the u gets `(u-1)! v! / (u+v)!` of it,
 * each of the v loses `u! (v-1)! / (u+v)!`.
 *
 * @param ours, theirs the node that each row goes to from each branch.
 */
export function addMixtures(
  tree: Tree,
  ours: Int32Array,
  theirs: Int32Array,
  row: number,
  sink: ShapSink,
): void {
  const needed = new Map<number, "ours" | "theirs">();
  const own: number[] = [];
  const other: number[] = [];
  const down = (node: number): void => {
    const feature = tree.feature[node]!;
    if (feature < 0) {
      addLeaf(tree, node, own, other, row, sink);
      return;
    }
    const from = needed.get(feature);
    const mine = ours[node]!;
    const its = theirs[node]!;
    if (mine === its || from === "ours") down(mine);
    else if (from === "theirs") down(its);
    else {
      needed.set(feature, "ours");
      own.push(feature);
      down(mine);
      own.pop();
      needed.set(feature, "theirs");
      other.push(feature);
      down(its);
      other.pop();
      needed.delete(feature);
    }
  };
  down(0);
}

function addLeaf(
  tree: Tree,
  leaf: number,
  own: readonly number[],
  other: readonly number[],
  row: number,
  { values, outputs, features, target, scale }: ShapSink,
): void {
  const u = own.length;
  const v = other.length;
  if (u + v === 0) return;
  // 1 / binomial(u + v, u), a factor at a time.
  let share = scale;
  for (let i = 1; i <= v; i++) share *= i / (u + i);
  for (let k = 0; k < tree.width; k++) {
    const into = (row * outputs + target + k) * features;
    const score = share * tree.value[leaf * tree.width + k]!;
    for (const feature of own) values[into + feature]! += score / u;
    for (const feature of other) values[into + feature]! -= score / v;
  }
}
