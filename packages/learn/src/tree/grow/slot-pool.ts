import type { GrowingLeaf } from "./growing-leaf.ts";
import { comesBefore } from "./leaf-queue.ts";

/** Who has which of the kernels' histograms. */
export interface SlotPool {
  /** Gives a leaf a slot, taken from the leaf that will be split last where none is free. */
  take(leaf: GrowingLeaf): number;
  /** Hands the slot of one leaf, if it has one, to another. */
  pass(from: GrowingLeaf, to: GrowingLeaf): void;
  free(leaf: GrowingLeaf): void;
}

/**
 * A pool of slots. A leaf keeps its histogram so that those of its children can be had by subtraction; who loses it has
 * both built anew, which gives the same sums. Only leaves whose split is already found lose theirs.
 */
export function slotPool(slots: number): SlotPool {
  const owners: (GrowingLeaf | undefined)[] = Array.from({ length: slots }, () => undefined);
  const spare = Array.from({ length: slots }, (_, slot) => slots - 1 - slot);
  const free = (leaf: GrowingLeaf) => {
    if (leaf.slot < 0) return;
    owners[leaf.slot] = undefined;
    spare.push(leaf.slot);
    leaf.slot = -1;
  };
  return {
    take(leaf) {
      if (spare.length === 0) free(lastOf(owners));
      leaf.slot = spare.pop()!;
      owners[leaf.slot] = leaf;
      return leaf.slot;
    },
    pass(from, to) {
      to.slot = from.slot;
      owners[to.slot] = to;
      from.slot = -1;
    },
    free,
  };
}

function lastOf(owners: readonly (GrowingLeaf | undefined)[]): GrowingLeaf {
  let last: GrowingLeaf | undefined;
  for (const owner of owners) {
    if (owner?.split === undefined) continue;
    if (last === undefined || comesBefore(last, owner)) last = owner;
  }
  return last!;
}
