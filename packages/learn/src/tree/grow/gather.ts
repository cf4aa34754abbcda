import type { Growing } from "./growing.ts";
import type { GrowingLeaf } from "./growing-leaf.ts";
import { drawFeatures } from "./reachable-feature.ts";
import { type AskingLeaf, findSplits } from "./split-search.ts";

/** Below this share of features by node, the histograms of both children cost less than that of all features of one. */
const FEW_FEATURES = 0.3;

/** Finds the split of the root. */
export function gatherRoot(growing: Growing, root: GrowingLeaf): void {
  if (canSplit(growing, root)) build(growing, [withFeatures(growing, root)]);
}

/**
 * Finds the splits of two new leaves. Their histograms are had at the least cost: that of the child with fewer rows from
 * its rows, that of the other by taking it from the parent's; or both from rows where the parent's is gone, or where
 * each node asks few of the features. The sums are integers, so all ways give the same.
 */
export function gatherChildren(
  growing: Growing,
  parent: GrowingLeaf,
  left: GrowingLeaf,
  right: GrowingLeaf,
): void {
  const { kernels, slots } = growing;
  const asking = [left, right]
    .filter((leaf) => canSplit(growing, leaf))
    .map((leaf) => withFeatures(growing, leaf));
  const [small, large] = left.rows <= right.rows ? [left, right] : [right, left];
  if (parent.slot >= 0 && asking.some(({ leaf }) => leaf === large)) {
    slots.pass(parent, large);
    slots.take(small);
    kernels.histogram(small.leaf, small.slot, large.reachable);
    kernels.subtract(large.slot, small.slot, large.reachable);
    if (asking.length === 1) slots.free(small);
    search(growing, asking);
    return;
  }
  slots.free(parent);
  build(growing, asking);
}

function withFeatures({ growth, random }: Growing, leaf: GrowingLeaf): AskingLeaf {
  const share = growth.featuresByNode ?? 1;
  return { leaf, asked: share < 1 ? drawFeatures(leaf.reachable, share, random) : leaf.reachable };
}

/** Builds the histograms of leaves from their rows, and finds their splits. */
function build(growing: Growing, asking: readonly AskingLeaf[]): void {
  const few = asksFew(growing);
  for (const { leaf, asked } of asking) {
    growing.kernels.histogram(leaf.leaf, growing.slots.take(leaf), few ? asked : leaf.reachable);
  }
  search(growing, asking);
}

/** Finds the best splits of leaves whose histograms are there, and queues those that have one. */
function search(growing: Growing, asking: readonly AskingLeaf[]): void {
  const { slots, queue } = growing;
  const found = findSplits(growing, asking);
  for (const [at, { leaf }] of asking.entries()) {
    leaf.split = found[at];
    if (leaf.split === undefined || asksFew(growing)) slots.free(leaf);
    if (leaf.split !== undefined) queue.push(leaf);
  }
}

function asksFew({ growth }: Growing): boolean {
  return (growth.featuresByNode ?? 1) < FEW_FEATURES;
}

/** Whether limits leave anything to look for. */
function canSplit({ growth, scales, leaves, limit }: Growing, leaf: GrowingLeaf): boolean {
  return (
    leaves.length < limit &&
    leaf.depth < growth.depth &&
    leaf.rows >= 2 * Math.max(1, growth.minChildRows) &&
    leaf.sums.hessian >= 2 &&
    leaf.sums.hessian * scales.hessian >= 2 * growth.minChildWeight
  );
}
