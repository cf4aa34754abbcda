import type { Growing } from "./growing.ts";
import type { GrownTree } from "./growth.ts";
import { leafValue, type RealSums } from "./leaf-value.ts";
import { finishedTree } from "./tree-draft.ts";

/**
 * The finished tree. The sums of a leaf are those of its rows' exact derivatives, by ascending row; those of a branch
 * are its left child's plus its right one's. Values follow from them, within each node's bounds.
 */
export function renewedTree(growing: Growing): GrownTree {
  const { kernels, growth, draft, leaves } = growing;
  const { nodes } = draft;
  const leafOf = new Int32Array(nodes.length).fill(-1);
  for (const leaf of leaves) leafOf[leaf.node] = leaf.leaf;
  const sums: RealSums[] = [];
  for (let node = nodes.length - 1; node >= 0; node--) {
    const { left, right } = nodes[node]!;
    sums[node] = left < 0 ? kernels.exactSums(leafOf[node]!) : added(sums[left]!, sums[right]!);
  }
  const values = Float64Array.from(nodes, ({ l2, lower, upper }, node) =>
    leafValue(sums[node]!, growth.l1, l2, { maxDelta: growth.maxDelta, lower, upper }),
  );
  const weight = Float64Array.from(sums, ({ hessian }) => hessian);
  return {
    tree: finishedTree(draft, values, weight),
    leafOf,
    lower: Float64Array.from(nodes, ({ lower }) => lower),
    upper: Float64Array.from(nodes, ({ upper }) => upper),
  };
}

function added(one: RealSums, other: RealSums): RealSums {
  return { gradient: one.gradient + other.gradient, hessian: one.hessian + other.hessian };
}
