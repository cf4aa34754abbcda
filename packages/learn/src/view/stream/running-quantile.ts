import { quantileOf } from "@tideline/spec";
import { order } from "../kernel/comparison.ts";
import type { RunnerOf } from "./runner.ts";

/**
 * A quantile of everything up to now: for each key the values up to the quantile's place in a heap with the greatest in front,
 * the others in one with the least in front. As values only come, that place only moves on.
 *
 * Source: J. W. J. Williams, "Algorithm 232: Heapsort", CACM 7 (1964).
 */
export const runningQuantile: RunnerOf = (keys, { parameter: probability }) => {
  const below: (number[] | undefined)[] = Array.from({ length: keys });
  const above: (number[] | undefined)[] = Array.from({ length: keys });
  return {
    add({ codes, values }, from, to) {
      for (let row = from; row < to; row++) {
        const code = codes[row]!;
        if (code < 0) continue;
        const low = (below[code] ??= []);
        const high = (above[code] ??= []);
        const value = values[row]!;
        const rows = low.length + high.length + 1;
        if (low.length > 0 && order(value, low[0]!) < 0) push(low, value, -1);
        else push(high, value, 1);
        const wanted = Math.floor((rows - 1) * probability) + 1;
        while (low.length < wanted) push(low, pop(high, 1), -1);
        while (low.length > wanted) push(high, pop(low, -1), 1);
      }
    },
    answer(row, key, _asOf, { values, nulls }) {
      const [low = [], high = []] = [below[key], above[key]];
      const at = (place: number): number => (place < low.length ? low[0]! : high[0]!);
      const value = quantileOf(low.length + high.length, probability, at);
      if (value === null) nulls[row] = 1;
      else values[row] = value;
    },
  };
};

/** Puts a value in a heap whose front is the least, or with `sign` -1 the greatest. */
function push(heap: number[], value: number, sign: 1 | -1): void {
  let at = heap.push(value) - 1;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (sign * order(heap[parent]!, value) <= 0) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = value;
}

/** Takes the front of a heap that is not empty. */
function pop(heap: number[], sign: 1 | -1): number {
  const front = heap[0]!;
  const value = heap.pop()!;
  if (heap.length === 0) return front;
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && sign * order(heap[child + 1]!, heap[child]!) < 0) child++;
    if (sign * order(heap[child]!, value) >= 0) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = value;
  return front;
}
