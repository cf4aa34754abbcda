import * as fc from "fast-check";
import { expect, test } from "vitest";

import type { GrowingLeaf } from "./growing-leaf.ts";
import { leafQueue } from "./leaf-queue.ts";
import { slotPool } from "./slot-pool.ts";

function leafOf(node: number, gain: number): GrowingLeaf {
  const sums = { gradient: 0, hessian: 0 };
  const split = { feature: 0, gain, bin: 0, categories: undefined, missingLeft: false, sums, extraL2: 0 };
  const bounds = { lower: -Infinity, upper: Infinity };
  const place = { node, leaf: node, depth: 0, rows: 1, path: [], reachable: new Uint8Array(1) };
  return { ...place, ...bounds, sums, slot: -1, split };
}

test("the greatest gain comes first, of equal ones the smaller node", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 40 }), (gains) => {
      const queue = leafQueue();
      for (const [node, gain] of gains.entries()) queue.push(leafOf(node, gain));
      const popped: (number | undefined)[] = gains.map(() => queue.pop()?.node);
      const sorted = [...gains.keys()].toSorted((a, b) => gains[b]! - gains[a]! || a - b);
      expect(popped).toEqual(sorted);
      expect(queue.pop()).toBeUndefined();
    }),
  );
});

test("the leaf that is split last loses its slot, and one without a split keeps it", () => {
  const pool = slotPool(3);
  const [best, last, searching, next] = [leafOf(0, 9), leafOf(1, 2), leafOf(2, 1), leafOf(3, 5)];
  searching.split = undefined;
  expect([pool.take(best), pool.take(last), pool.take(searching)]).toEqual([0, 1, 2]);
  expect(pool.take(next)).toBe(1);
  expect([best.slot, last.slot, searching.slot, next.slot]).toEqual([0, -1, 2, 1]);
  pool.free(best);
  expect(pool.take(last)).toBe(0);
  const heir = leafOf(4, 1);
  pool.pass(last, heir);
  expect([last.slot, heir.slot]).toEqual([-1, 0]);
});
