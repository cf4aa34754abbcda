import * as fc from "fast-check";
import { expect, test } from "vitest";

import { binnedCase } from "../kernel/testing/binned-case.ts";
import { openTypescriptKernels } from "../kernel/typescript-kernels.ts";
import type { Tree } from "../tree-ensemble.ts";
import { seededRandom } from "../../random.ts";
import { childBounds } from "./child-bound.ts";
import { growTree } from "./grow-tree.ts";
import { PLAIN_GROWTH } from "./testing/random-growth.ts";
import { walkTree } from "./testing/walk-tree.ts";

/** Boosts trees against a noisy target, and says what they add up to for any row. */
async function boosted(seed: number, monotone: Int8Array | undefined, maxDelta: number) {
  const kinds = ["few values", "some missing", "gaps", "categories"] as const;
  const { table, raw } = binnedCase(150, kinds, seed);
  const kernels = await openTypescriptKernels(table, { slots: 3, leaves: 12 });
  const random = seededRandom(seed);
  const target = Float64Array.from({ length: table.rows }, (_, row) => {
    const wave = raw.slice(0, 3).reduce((sum, column) => sum + Math.sin(column[row] || 0), 0);
    return 3 * wave + random.normal();
  });
  const scores = new Float64Array(table.rows);
  const trees: Tree[] = [];
  for (let round = 0; round < 6; round++) {
    for (const row of scores.keys()) {
      kernels.gradient[row] = scores[row]! - target[row]!;
      kernels.hessian[row] = 0.5 + random.uniform();
    }
    const growth = {
      ...PLAIN_GROWTH,
      leaves: 12,
      maxDelta,
      monotone,
      seed: seed + round,
      extra: round === 5,
    };
    const { tree, leafOf } = growTree(kernels, growth);
    const values = new Float64Array(12);
    for (const [node, leaf] of leafOf.entries()) if (leaf >= 0) values[leaf] = tree.value[node]!;
    kernels.addTo(scores, values, 0, 1);
    trees.push(tree);
  }
  const predict = (value: (feature: number) => number) =>
    trees.reduce((sum, tree) => sum + tree.value[walkTree(tree, table.features, value).at(-1)!]!, 0);
  return { table, raw, predict };
}

/** The largest step against the constraint, when one feature of a row takes all its values in turn. */
function largestOffence(
  { table, raw, predict }: Awaited<ReturnType<typeof boosted>>,
  feature: number,
  direction: number,
): number {
  let worst = 0;
  const values = [-Infinity, ...new Set(raw[feature]!.toSorted().filter((x) => !Number.isNaN(x))), Infinity];
  for (let row = 0; row < table.rows; row += 3) {
    const scores = values.map((x) => predict((f) => (f === feature ? x : raw[f]![row]!)));
    for (let i = 1; i < scores.length; i++)
      worst = Math.max(worst, direction * (scores[i - 1]! - scores[i]!));
  }
  return worst;
}

test("an ensemble rises and falls as its constraints say, for every row and every value", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 2 ** 31 - 1 }),
      fc.constantFrom(-1, 1),
      fc.constantFrom(0, 0.7),
      async (seed, direction, maxDelta) => {
        const model = await boosted(seed, Int8Array.of(direction, -direction, 0, 0), maxDelta);
        // Sums of six numbers are rounded.
        expect(largestOffence(model, 0, direction)).toBeLessThan(1e-12);
        expect(largestOffence(model, 1, -direction)).toBeLessThan(1e-12);
      },
    ),
    { numRuns: 12 },
  );
});

test("without constraints it does not: the test can fail", async () => {
  expect(largestOffence(await boosted(3, undefined, 0), 0, 1)).toBeGreaterThan(0.1);
});

test("the middle of two values parts what grows below them", () => {
  const bounds = { lower: -9, upper: 9 };
  expect(childBounds(bounds, 0, 1, 3)).toEqual([bounds, bounds]);
  expect(childBounds(bounds, 1, 1, 3)).toEqual([
    { lower: -9, upper: 2 },
    { lower: 2, upper: 9 },
  ]);
  expect(childBounds(bounds, -1, 3, 1)).toEqual([
    { lower: 2, upper: 9 },
    { lower: -9, upper: 2 },
  ]);
});
