import type { Tree } from "../../tree-ensemble.ts";

/** The ways from a tree's root to its nodes. */
export interface TreePaths {
  /** The branch above; -1 for the root. [nodes] */
  readonly parent: Int32Array;
  /**
   * Of a branch the node, itself or above, that a branch which asks the same feature leads to, the nearest; 0 for none.
   * [nodes]
   */
  readonly ancestor: Int32Array;
  /** The share of training rows that all branches on the way that ask the last one's feature let through. [nodes] */
  readonly passed: Float64Array;
  /** Different features asked on the way. [nodes] */
  readonly different: Int32Array;
}

/** @param shares of its parent's rows for each node. */
export function treePaths(tree: Tree, shares: Float64Array): TreePaths {
  const nodes = tree.feature.length;
  const parent = new Int32Array(nodes).fill(-1);
  const ancestor = new Int32Array(nodes);
  const passed = new Float64Array(nodes).fill(1);
  const different = new Int32Array(nodes);
  for (let branch = 0; branch < nodes; branch++) {
    const feature = tree.feature[branch]!;
    if (feature < 0) continue;
    let above = branch;
    while (above > 0 && tree.feature[parent[above]!] !== feature) above = parent[above]!;
    ancestor[branch] = above;
    for (const child of [tree.left[branch]!, tree.right[branch]!]) {
      parent[child] = branch;
      passed[child] = passed[above]! * shares[child]!;
      different[child] = different[branch]! + (above === 0 ? 1 : 0);
    }
  }
  return { parent, ancestor, passed, different };
}

/** For each feature asked on the way to a node, the node that the last branch which asks it leads to. */
export function lastAsked(tree: Tree, { parent }: TreePaths, node: number): readonly number[] {
  const seen = new Set<number>();
  const last: number[] = [];
  for (let at = node; at > 0; at = parent[at]!) {
    const feature = tree.feature[parent[at]!]!;
    if (!seen.has(feature)) last.push(at);
    seen.add(feature);
  }
  return last;
}
