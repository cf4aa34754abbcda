import type { GrowingLeaf } from "./growing-leaf.ts";

/** Leaves that can be split, the one with the greatest gain first; of equals, the smaller node. */
export interface LeafQueue {
  push(leaf: GrowingLeaf): void;
  pop(): GrowingLeaf | undefined;
}

/** An empty queue: a binary heap (J. Williams, "Algorithm 232", CACM 1964). */
export function leafQueue(): LeafQueue {
  const heap: GrowingLeaf[] = [];
  return {
    push(leaf) {
      let at = heap.push(leaf) - 1;
      while (at > 0) {
        const parent = (at - 1) >> 1;
        if (!comesBefore(leaf, heap[parent]!)) break;
        heap[at] = heap[parent]!;
        at = parent;
      }
      heap[at] = leaf;
    },
    pop() {
      const first = heap[0];
      const last = heap.pop();
      if (last !== undefined && heap.length > 0) sink(heap, last);
      return first;
    },
  };
}

/** Puts a leaf in the place of the first, and moves it down. */
function sink(heap: GrowingLeaf[], leaf: GrowingLeaf): void {
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && comesBefore(heap[child + 1]!, heap[child]!)) child++;
    if (!comesBefore(heap[child]!, leaf)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = leaf;
}

/** Whether a leaf is split before another one. */
export function comesBefore(one: GrowingLeaf, other: GrowingLeaf): boolean {
  const difference = gainOf(one) - gainOf(other);
  return difference > 0 || (difference === 0 && one.node < other.node);
}

function gainOf(leaf: GrowingLeaf): number {
  return leaf.split?.gain ?? 0;
}
