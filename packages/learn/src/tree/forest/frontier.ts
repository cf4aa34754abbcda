import type { ForestSplit } from "./best-split.ts";

/** A node whose split is known and not yet carried out. */
export interface Pending {
  readonly node: number;
  readonly start: number;
  readonly end: number;
  readonly depth: number;
  readonly split: ForestSplit;
}

/** Which pending node is split next. */
export interface Frontier {
  push(pending: Pending): void;
  pop(): Pending | undefined;
}

/** The node found last first: order does not matter where every node is split, and its rows are still at hand. */
export function depthFirst(): Frontier {
  const stack: Pending[] = [];
  return { push: (pending) => void stack.push(pending), pop: () => stack.pop() };
}

/** The node that gains most first, the older of equals; a binary heap. */
export function bestFirst(): Frontier {
  const heap: Pending[] = [];
  const before = (a: number, b: number) => {
    const [x, y] = [heap[a]!, heap[b]!];
    return x.split.gain > y.split.gain || (x.split.gain === y.split.gain && x.node < y.node);
  };
  const swap = (a: number, b: number) => ([heap[a], heap[b]] = [heap[b]!, heap[a]!]);
  return {
    push(pending) {
      heap.push(pending);
      for (let at = heap.length - 1; at > 0;) {
        const parent = (at - 1) >> 1;
        if (!before(at, parent)) break;
        swap(at, parent);
        at = parent;
      }
    },
    pop() {
      const first = heap[0];
      const last = heap.pop();
      if (heap.length === 0 || last === undefined) return first;
      heap[0] = last;
      for (let at = 0; ;) {
        const [l, r] = [2 * at + 1, 2 * at + 2];
        let top = at;
        if (l < heap.length && before(l, top)) top = l;
        if (r < heap.length && before(r, top)) top = r;
        if (top === at) return first;
        swap(at, top);
        at = top;
      }
    },
  };
}
