import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

import { binnedCase, COLUMN_KINDS } from "../kernel/testing/binned-case.ts";
import {
  DERIVATIVE_KINDS,
  type DerivativeKind,
  fillDerivatives,
  someRows,
} from "../kernel/testing/derivative-case.ts";
import { openTypescriptKernels } from "../kernel/typescript-kernels.ts";
import { growTree } from "./grow-tree.ts";
import type { Growth } from "./growth.ts";
import { bruteGain, sideGain } from "./testing/brute-split.ts";
import { PLAIN_GROWTH, randomGrowth } from "./testing/random-growth.ts";
import { walkTree } from "./testing/walk-tree.ts";

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const kinds = fc.array(fc.constantFrom(...COLUMN_KINDS), { minLength: 1, maxLength: 5 });
const derivatives = fc.constantFrom(...(Object.keys(DERIVATIVE_KINDS) as DerivativeKind[]));
const shape = fc.record({ rows: fc.integer({ min: 1, max: 80 }), kinds, derivatives, seed: seeds });

type Shape = typeof shape extends fc.Arbitrary<infer S> ? S : never;

async function grown(
  of: Shape,
  growth: (table: ReturnType<typeof binnedCase>["table"]) => Growth,
  slots = 9,
) {
  const { table, raw } = binnedCase(of.rows, of.kinds, of.seed);
  const kernels = await openTypescriptKernels(table, { slots, leaves: 9 });
  fillDerivatives(of.derivatives, kernels, of.seed);
  const bag = of.seed % 3 === 0 ? someRows(of.rows, 0.6, of.seed) : undefined;
  const rows = [...(bag ?? table.bins[0]!.keys())];
  return { table, raw, kernels, rows, bag, ...growTree(kernels, growth(table), bag) };
}

describe("growTree", () => {
  test("rows lie in the leaf that the tree sends their raw values to, and all nodes add up", async () => {
    await fc.assert(
      fc.asyncProperty(shape, async (of) => {
        const { table, raw, kernels, rows, tree, leafOf, lower, upper } = await grown(of, (table) =>
          randomGrowth(table, of.seed),
        );
        const lies = new Map<number, number>();
        for (const [node, leaf] of leafOf.entries()) {
          if (leaf >= 0) for (const row of kernels.rowsOf(leaf)) lies.set(row, node);
        }
        const count = new Float64Array(leafOf.length);
        for (const row of rows) {
          const way = walkTree(tree, table.features, (f) => raw[f]![row]!);
          for (const node of way) count[node]!++;
          expect(lies.get(row)).toBe(way.at(-1));
        }
        expect(lies.size).toBe(rows.length);
        expect(tree.count).toEqual(count);
        for (const [node, left] of tree.left.entries()) {
          const right = tree.right[node]!;
          expect(tree.value[node]).toBeGreaterThanOrEqual(lower[node]!);
          expect(tree.value[node]).toBeLessThanOrEqual(upper[node]!);
          expect(left < 0).toBe(leafOf[node]! >= 0);
          if (left < 0) continue;
          expect(Math.min(left, right)).toBeGreaterThan(node);
          expect(tree.gain[node]).toBeGreaterThan(0);
          expect(tree.weight[node]).toBe(tree.weight[left]! + tree.weight[right]!);
          expect(Math.min(count[left]!, count[right]!)).toBeGreaterThan(0);
        }
      }),
      { numRuns: 250 },
    );
  });

  test("every branch is the best split of its rows, as trying all of them on the raw values says", async () => {
    const limits = fc.record({
      l1: fc.constantFrom(0, 0, 1),
      l2: fc.constantFrom(0, 0.5),
      maxDelta: fc.constantFrom(0, 0, 0.3),
      minChildWeight: fc.constantFrom(0, 2),
      minChildRows: fc.constantFrom(1, 3),
      direction: fc.constantFrom(0, 0, 1, -1),
      oneHot: fc.constantFrom(0, 99),
    });
    await fc.assert(
      fc.asyncProperty(shape, limits, async (of, { oneHot, direction, ...given }) => {
        // Whole numbers are not rounded; constant hessians make the estimate of rows exact; prefixes of sorted
        // categories hold the best subset only where nothing is regularised or bounded.
        // Where the two sides are ordered, "missing or not" is tried one way round only.
        const kinds = of.kinds.map((kind) => (direction !== 0 && kind.includes("missing") ? "gaps" : kind));
        const small = { ...of, kinds, rows: 1 + (of.rows % 20), derivatives: "whole" as const };
        const free =
          oneHot > 0 ? given : { ...given, l1: 0, l2: 0, maxDelta: 0, minChildWeight: 0, minChildRows: 1 };
        if (oneHot === 0 && direction !== 0) return;
        const { table, raw, kernels } = await grown(small, () => PLAIN_GROWTH);
        if (free.minChildRows > 1) kernels.hessian.fill(1);
        // A category of which all hessians are 0 has no place in the order.
        if (oneHot === 0) kernels.hessian.set(kernels.hessian.map((h) => Math.max(h, 1)));
        const growth = {
          ...PLAIN_GROWTH,
          ...free,
          ...(direction === 0 ? {} : { monotone: new Int8Array(table.features.length).fill(direction) }),
          categorical: { oneHot, most: 99, smooth: 0, l2: 0, minRows: 0 },
        };
        const { tree, lower, upper } = growTree(kernels, growth);
        const ways = Array.from({ length: table.rows }, (_, row) =>
          walkTree(tree, table.features, (f) => raw[f]![row]!),
        );
        for (const node of tree.left.keys()) {
          if (tree.left[node]! < 0 && tree.left.length === 17) continue;
          const rows = [...ways.keys()].filter((row) => ways[row]!.includes(node));
          const { gradient, hessian } = kernels;
          const brute = { features: table.features, raw, gradient, hessian, rows };
          const best = bruteGain({ ...brute, lower: lower[node]!, upper: upper[node]! }, growth, oneHot > 0);
          expect(tree.gain[node]).toBeCloseTo(best, 9);
        }
      }),
      { numRuns: 250 },
    );
  });

  test("gains are what the rows of the two sides say, whatever is drawn, taken away or built anew", async () => {
    await fc.assert(
      fc.asyncProperty(shape, async (given) => {
        const of = { ...given, derivatives: "whole" as const };
        const growth = (table: Parameters<typeof randomGrowth>[0]) => {
          const drawn = randomGrowth(table, of.seed);
          return { ...drawn, categorical: { ...drawn.categorical, l2: 0 } };
        };
        const { table, raw, kernels, rows, tree, lower, upper } = await grown(of, growth);
        const ways = new Map(
          rows.map((row) => [row, walkTree(tree, table.features, (f) => raw[f]![row]!)] as const),
        );
        const { gradient, hessian } = kernels;
        for (const [node, left] of tree.left.entries()) {
          if (left < 0) continue;
          const here = rows.filter((row) => ways.get(row)!.includes(node));
          const bounds = { lower: lower[node]!, upper: upper[node]! };
          const sides = { features: table.features, raw, gradient, hessian, rows: here, ...bounds };
          const loose = { ...growth(table), minChildRows: 0, minChildWeight: 0 };
          const saved = sideGain(sides, loose, 0, (row) => ways.get(row)!.includes(left));
          expect(tree.gain[node]).toBeCloseTo(saved, 9);
        }
      }),
      { numRuns: 200 },
    );
  });

  test("values are those of the exact derivatives of the node's rows", async () => {
    await fc.assert(
      fc.asyncProperty(shape, async (of) => {
        const { kernels, tree, leafOf } = await grown(of, () => ({ ...PLAIN_GROWTH, l2: 0.25, l1: 0.01 }));
        for (const [node, leaf] of leafOf.entries()) {
          if (leaf < 0 || of.kinds.some((kind) => kind === "categories")) continue;
          let [gradient, hessian] = [0, 0];
          for (const row of kernels.rowsOf(leaf)) {
            gradient += kernels.gradient[row]!;
            hessian += kernels.hessian[row]!;
          }
          const shrunk = Math.sign(gradient) * Math.max(0, Math.abs(gradient) - 0.01);
          const value = -shrunk / (hessian + 0.25);
          expect(Math.abs(tree.value[node]! - value)).toBeLessThanOrEqual(1e-12 * Math.abs(value));
          expect(tree.weight[node]).toBe(hessian);
        }
      }),
      { numRuns: 100 },
    );
  });

  test("two slots give the tree that many give", async () => {
    await fc.assert(
      fc.asyncProperty(shape, async (of) => {
        const growth = (table: Parameters<typeof randomGrowth>[0]) => randomGrowth(table, of.seed);
        const [few, many] = [await grown(of, growth, 2), await grown(of, growth, 9)];
        expect(few.tree).toEqual(many.tree);
        expect(few.leafOf).toEqual(many.leafOf);
      }),
      { numRuns: 100 },
    );
  });
});
