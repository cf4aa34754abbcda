import { tidelineError } from "@tideline/spec";

import { seededRandom } from "../../random.ts";
import type { QuantisedSums, TreeKernels } from "../kernel/tree-kernels.ts";
import { childBounds } from "./child-bound.ts";
import { gatherChildren, gatherRoot } from "./gather.ts";
import type { FoundSplit, GrowingLeaf } from "./growing-leaf.ts";
import type { Growing } from "./growing.ts";
import type { GrownTree, Growth } from "./growth.ts";
import { leafQueue } from "./leaf-queue.ts";
import { leafValue } from "./leaf-value.ts";
import { leftBins } from "./left-bin.ts";
import { reachableFeatures } from "./reachable-feature.ts";
import { renewedTree } from "./renewed-tree.ts";
import { slotPool } from "./slot-pool.ts";
import { treeDraft } from "./tree-draft.ts";

/**
 * Grows one tree over the derivatives that stand in the kernels, best leaf first: the leaf whose split gains most is
 * split next, until there are `leaves` or nothing gains. Splits are found from quantised sums; the values of all nodes
 * come from the exact derivatives of their rows. Equal derivatives, growth and bag give an equal tree whatever the
 * kernels, threads and slots.
 *
 * @param bag rows that the tree is grown on, ascending; undefined for all.
 * @throws ARGUMENT_INVALID where the kernels keep fewer leaves than may grow, or fewer than two slots.
 * @throws TRAINING_DIVERGED where derivatives are not finite, or a second one is below 0.
 * @example
 * kernels.gradient.set(gradients);
 * kernels.hessian.fill(1);
 * const { tree } = growTree(kernels, growth);
 */
export function growTree(kernels: TreeKernels, growth: Growth, bag?: Int32Array): GrownTree {
  const started = kernels.start({ bag, seed: growth.seed });
  const limit = Math.max(1, Math.min(growth.leaves, started.rows));
  checkRoom(kernels, limit);
  const growing: Growing = {
    kernels,
    growth,
    scales: started.scales,
    random: seededRandom(growth.seed),
    slots: slotPool(kernels.slots),
    queue: leafQueue(),
    draft: treeDraft(kernels.table.features),
    leaves: [],
    limit,
  };
  plant(growing, started.sums, started.rows);
  while (growing.leaves.length < limit) {
    const leaf = growing.queue.pop();
    if (leaf?.split === undefined) break;
    divide(growing, leaf, leaf.split);
  }
  return renewedTree(growing);
}

function checkRoom(kernels: TreeKernels, leaves: number): void {
  const missing = (field: string, expected: string, received: number) =>
    tidelineError("ARGUMENT_INVALID", { who: "growTree", field, expected, received: String(received) });
  if (kernels.leaves < leaves) throw missing("kernels.leaves", `at least ${leaves}`, kernels.leaves);
  if (kernels.slots < 2) throw missing("kernels.slots", "at least 2", kernels.slots);
}

/** The root. */
function plant(growing: Growing, sums: QuantisedSums, rows: number): void {
  const { growth, draft, kernels } = growing;
  const features = growth.features ?? new Uint8Array(kernels.table.features.length).fill(1);
  const bounds = { lower: -Infinity, upper: Infinity };
  const node = draft.add({ ...bounds, rows, l2: growth.l2 });
  const root = { node, leaf: 0, depth: 0, rows, sums, ...bounds, path: [], reachable: features };
  const leaf: GrowingLeaf = { ...root, slot: -1, split: undefined };
  growing.leaves.push(leaf);
  gatherRoot(growing, leaf);
}

/** Splits a leaf: it becomes its left child, a new one the right. */
function divide(growing: Growing, leaf: GrowingLeaf, split: FoundSplit): void {
  const { kernels, growth, draft, leaves } = growing;
  const { feature } = split;
  const goesLeft = leftBins(kernels.table.features[feature]!, split);
  const stay = kernels.partition(leaf.leaf, leaves.length, { feature, left: goesLeft });
  const l2 = growth.l2 + split.extraL2;
  const sums = {
    left: split.sums,
    right: {
      gradient: leaf.sums.gradient - split.sums.gradient,
      hessian: leaf.sums.hessian - split.sums.hessian,
    },
  };
  const [low, high] = childBounds(
    leaf,
    split.bin < 0 ? 0 : (growth.monotone?.[feature] ?? 0),
    quantisedValue(growing, sums.left, l2, leaf),
    quantisedValue(growing, sums.right, l2, leaf),
  );
  const path = leaf.path.includes(feature) ? leaf.path : [...leaf.path, feature];
  const reachable =
    path === leaf.path ? leaf.reachable : reachableFeatures(path, growth.interactions, leaf.reachable);
  const child = { depth: leaf.depth + 1, path, reachable, slot: -1, split: undefined };
  const grow = (place: number, rows: number, of: QuantisedSums, { lower, upper }: typeof low) => ({
    ...child,
    node: draft.add({ lower, upper, rows, l2 }),
    leaf: place,
    rows,
    sums: of,
    lower,
    upper,
  });
  const left: GrowingLeaf = grow(leaf.leaf, stay, sums.left, low);
  const right: GrowingLeaf = grow(leaves.length, leaf.rows - stay, sums.right, high);
  draft.branch(leaf, split, goesLeft, left.node, right.node);
  leaves[leaf.leaf] = left;
  leaves.push(right);
  gatherChildren(growing, leaf, left, right);
}

function quantisedValue(growing: Growing, sums: QuantisedSums, l2: number, leaf: GrowingLeaf): number {
  const { scales, growth } = growing;
  const real = { gradient: sums.gradient * scales.gradient, hessian: sums.hessian * scales.hessian };
  return leafValue(real, growth.l1, l2, { maxDelta: growth.maxDelta, lower: leaf.lower, upper: leaf.upper });
}
