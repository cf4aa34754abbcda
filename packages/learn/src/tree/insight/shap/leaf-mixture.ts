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
  // Branches where the two part, each taken our way first: a stack, as trees may be deep.
  const forks: number[] = [];
  let node = 0;
  for (;;) {
    for (let feature = tree.feature[node]!; feature >= 0; feature = tree.feature[node]!) {
      const from = needed.get(feature);
      const mine = ours[node]!;
      if (from === undefined && mine !== theirs[node]) {
        needed.set(feature, "ours");
        own.push(feature);
        forks.push(node);
      }
      node = from === "theirs" ? theirs[node]! : mine;
    }
    addLeaf(tree, node, own, other, row, sink);
    let fork = forks.at(-1);
    while (fork !== undefined && needed.get(tree.feature[fork]!) === "theirs") {
      needed.delete(other.pop()!);
      forks.pop();
      fork = forks.at(-1);
    }
    if (fork === undefined) return;
    needed.set(own.at(-1)!, "theirs");
    other.push(own.pop()!);
    node = theirs[fork]!;
  }
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
