import { isTidelineError } from "@tideline/spec";
import { describe, expect, test } from "vitest";

import { binnedCase, type ColumnKind } from "../kernel/testing/binned-case.ts";
import { fillDerivatives } from "../kernel/testing/derivative-case.ts";
import { openTypescriptKernels } from "../kernel/typescript-kernels.ts";
import type { BinnedFeature } from "../binned-table.ts";
import type { Tree } from "../tree-ensemble.ts";
import { growTree } from "./grow-tree.ts";
import type { Growth } from "./growth.ts";
import { PLAIN_GROWTH } from "./testing/random-growth.ts";

const MANY: readonly ColumnKind[] = Array.from({ length: 6 }, () => "many values" as const);

async function grown(growth: Partial<Growth>, kinds = MANY, rows = 400, slots = 8): Promise<Tree> {
  const { table } = binnedCase(rows, kinds, 5);
  const kernels = await openTypescriptKernels(table, { slots, leaves: 64 });
  fillDerivatives("of log losses", kernels, 5);
  return growTree(kernels, { ...PLAIN_GROWTH, leaves: 64, ...growth }).tree;
}

/** A tree over features and bins given by hand, squared errors of these targets. */
async function fitted(
  features: readonly BinnedFeature[],
  bins: readonly (readonly number[])[],
  target: readonly number[],
  growth: Partial<Growth> = {},
) {
  const table = { rows: target.length, features, bins: bins.map((of) => Uint8Array.from(of)) };
  const kernels = await openTypescriptKernels(table, { slots: 4, leaves: 16 });
  kernels.gradient.set(target.map((y) => -y));
  kernels.hessian.fill(1);
  return growTree(kernels, { ...PLAIN_GROWTH, ...growth }).tree;
}

const numeric = (bins: number, missing = false): BinnedFeature => ({
  kind: "numeric",
  name: "x",
  upper: Float64Array.from({ length: bins }, (_, b) => (b === bins - 1 ? Infinity : b + 0.5)),
  missing,
  bins: bins + Number(missing),
});

const categorical = (categories: number, own = categories): BinnedFeature => ({
  kind: "categorical",
  name: "c",
  categories: Array.from({ length: categories }, (_, c) => `c${c}`),
  codes: Int32Array.from({ length: own }, (_, c) => c),
  bins: own + 1,
});

function depthOf(tree: Tree, node = 0): number {
  if (tree.left[node]! < 0) return 0;
  return 1 + Math.max(depthOf(tree, tree.left[node]!), depthOf(tree, tree.right[node]!));
}

/** The features on each way from the root to a leaf. */
function paths(tree: Tree, node = 0, path: readonly number[] = []): number[][] {
  if (tree.left[node]! < 0) return [[...new Set(path)].toSorted()];
  const next = [...path, tree.feature[node]!];
  return [...paths(tree, tree.left[node]!, next), ...paths(tree, tree.right[node]!, next)];
}

describe("limits", () => {
  test("leaves, depth, rows, weight and gain", async () => {
    const free = await grown({});
    expect(free.left.filter((left) => left < 0)).toHaveLength(64);
    expect(depthOf(free)).toBeGreaterThan(6);
    expect(depthOf(await grown({ depth: 3 }))).toBe(3);
    expect((await grown({ leaves: 7 })).left).toHaveLength(13);
    expect((await grown({ leaves: 1 })).left).toHaveLength(1);
    const gains = (await grown({ minGain: 20 })).gain.filter((gain) => gain > 0);
    expect(Math.min(...gains)).toBeGreaterThan(20);
    expect(free.gain.filter((gain) => gain > 0 && gain < 20).length).toBeGreaterThan(0);
    expect(Math.min(...(await grown({ minGain: -5, l2: 5 }, MANY, 60)).gain)).toBe(0);
    // Weights are compared as they are quantised.
    expect(Math.min(...(await grown({ minChildWeight: 4 })).weight)).toBeGreaterThan(3.99);
    const table = await fitted([numeric(40)], [[...Array(40).keys()]], [...Array(40).keys()], {
      minChildRows: 7,
    });
    expect(Math.min(...table.count)).toBeGreaterThanOrEqual(7);
  });

  test("the best leaf is split first, so that fewer leaves are a part of more", async () => {
    const [few, more] = [await grown({ leaves: 9 }), await grown({ leaves: 30 })];
    for (const [node, feature] of few.feature.entries()) {
      if (feature < 0) continue;
      const of = (tree: Tree) => [tree.feature[node], tree.threshold[node], tree.left[node], tree.gain[node]];
      expect(of(few)).toEqual(of(more));
    }
    expect(few.feature.filter((feature) => feature >= 0)).toHaveLength(8);
  });

  test("kernels must have room", async () => {
    const { table } = binnedCase(40, MANY, 5);
    const small = await openTypescriptKernels(table, { slots: 2, leaves: 4 });
    expect(() => growTree(small, { ...PLAIN_GROWTH, leaves: 5 })).toThrow(
      /kernels.leaves: expected at least 5/,
    );
    expect(growTree(small, { ...PLAIN_GROWTH, leaves: 4 }).tree.left).toHaveLength(1);
    const narrow = await openTypescriptKernels(table, { slots: 1, leaves: 4 });
    expect(() => growTree(narrow, { ...PLAIN_GROWTH, leaves: 2 })).toThrow(/kernels.slots/);
    small.gradient[7] = NaN;
    try {
      growTree(small, { ...PLAIN_GROWTH, leaves: 2 });
      expect.unreachable();
    } catch (error) {
      expect(isTidelineError(error, "TRAINING_DIVERGED")).toBe(true);
    }
  });
});

describe("features", () => {
  test("of a tree, of a node, of a path", async () => {
    const only = await grown({ features: Uint8Array.of(0, 1, 0, 0, 1, 0) });
    expect(new Set(only.feature)).toEqual(new Set([-1, 1, 4]));
    const groups = [
      [0, 1],
      [1, 2, 3],
    ];
    for (const path of paths(await grown({ interactions: groups }))) {
      const within = [...groups, [4], [5]].some((group) => path.every((f) => group.includes(f)));
      expect({ path, within }).toEqual({ path, within: true });
    }
    expect(paths(await grown({})).some((path) => path.length > 3)).toBe(true);
    const few = await grown({ featuresByNode: 1 / 6 });
    expect(new Set(few.feature).size).toBe(7);
    expect((await grown({ featuresByNode: 0.01 })).left).toHaveLength(127);
    expect(few.gain[0]).toBeLessThanOrEqual((await grown({})).gain[0]!);
  });

  test("of a node are drawn alike however few histograms are kept", async () => {
    for (const featuresByNode of [0.2, 0.5, 0.7]) {
      expect(await grown({ featuresByNode }, MANY, 400, 2)).toEqual(
        await grown({ featuresByNode }, MANY, 400, 64),
      );
    }
  });

  test("a seed decides what is drawn", async () => {
    for (const options of [{ featuresByNode: 0.5 }, { featuresByNode: 0.2 }, { extra: true }]) {
      expect(await grown({ ...options, seed: 3 })).toEqual(await grown({ ...options, seed: 3 }));
      expect(await grown({ ...options, seed: 3 })).not.toEqual(await grown({ ...options, seed: 4 }));
    }
  });

  test("extra trees draw each threshold among the values that a leaf has", async () => {
    const bins = Array.from({ length: 300 }, (_, row) => 40 + (row % 5));
    const drawn = new Map<number, number>();
    for (let seed = 0; seed < 200; seed++) {
      const { threshold } = await fitted([numeric(200)], [bins], bins, { extra: true, leaves: 2, seed });
      drawn.set(threshold[0]!, (drawn.get(threshold[0]!) ?? 0) + 1);
    }
    expect([...drawn.keys()].toSorted()).toEqual([40.5, 41.5, 42.5, 43.5]);
    for (const times of drawn.values()) expect(times).toBeGreaterThan(25);
  });
});

describe("missing values", () => {
  test("go where they lower the loss", async () => {
    const low = await fitted([numeric(2, true)], [[0, 0, 1, 1, 2, 2]], [0, 0, 5, 5, 0, 0]);
    expect([...low.missingLeft].slice(0, 1)).toEqual([1]);
    expect(low.left).toHaveLength(3);
    const high = await fitted([numeric(2, true)], [[0, 0, 1, 1, 2, 2]], [0, 0, 5, 5, 5, 5]);
    expect(high.missingLeft[0]).toBe(0);
    expect(high.left).toHaveLength(3);
  });

  test("are told apart from all values by a threshold of Infinity", async () => {
    const tree = await fitted([numeric(1, true)], [[0, 0, 0, 1, 1]], [1, 1, 1, 4, 4]);
    expect(tree.threshold[0]).toBe(Infinity);
    expect([...tree.value]).toEqual([11 / 5, 1, 4]);
  });

  test("go with most rows where training had none", async () => {
    for (const missing of [true, false]) {
      const left = await fitted([numeric(2, missing)], [[0, 0, 0, 1]], [0, 0, 0, 1]);
      expect(left.missingLeft[0]).toBe(1);
      const right = await fitted([numeric(2, missing)], [[0, 1, 1, 1]], [0, 1, 1, 1]);
      expect(right.missingLeft[0]).toBe(0);
    }
  });
});

describe("categories", () => {
  const free = { smooth: 0, l2: 0, minRows: 1, most: 32, oneHot: 4 };
  const codes = [0, 1, 2, 3, 4, 5].flatMap((c) => [c, c, c]);
  const means = [5, 0, 5, 0, 5, 0];
  const target = codes.map((c) => means[c]!);

  test("are parted into the two best sides, or one against the rest", async () => {
    const tree = await fitted([categorical(6)], [codes], target, { categorical: free, leaves: 2 });
    expect(tree.sets[tree.set[0]!]).toEqual(Uint32Array.of(0b010101));
    expect([...tree.value].slice(1)).toEqual([5, 0]);
    const one = await fitted([categorical(6)], [codes], target, {
      categorical: { ...free, oneHot: 7 },
      leaves: 2,
    });
    expect(one.sets[0]).toEqual(Uint32Array.of(1));
    const most = await fitted([categorical(6)], [codes], target, {
      categorical: { ...free, most: 1 },
      leaves: 2,
    });
    expect(most.sets[0]!.reduce((bits, word) => bits + word.toString(2).replaceAll("0", "").length, 0)).toBe(
      1,
    );
  });

  test("that are rare stay on the right, and small groups are not tried", async () => {
    const rare = { ...free, smooth: 4 };
    expect((await fitted([categorical(6)], [codes], target, { categorical: rare })).left).toHaveLength(1);
    const groups = { ...free, minRows: 10 };
    expect((await fitted([categorical(6)], [codes], target, { categorical: groups })).left).toHaveLength(1);
    // Of 6 rows and 3 at most one side has the 4, and it must be both.
    const three = codes.slice(0, 9);
    const sides = { categorical: { ...free, oneHot: 0, minRows: 4 } };
    expect((await fitted([categorical(3)], [three], target.slice(0, 9), sides)).left).toHaveLength(1);
    const four = { categorical: { ...free, oneHot: 0, minRows: 3 } };
    expect((await fitted([categorical(3)], [three], target.slice(0, 9), four)).left).toHaveLength(3);
  });

  test("without a bin of their own go where what is missing goes", async () => {
    const bins = [0, 0, 1, 1, 2, 2, 3, 3];
    const options = { categorical: { ...free, oneHot: 0 }, leaves: 2 };
    const tree = await fitted([categorical(40, 3)], [bins], [0, 0, 0, 0, 9, 9, 9, 9], options);
    expect(tree.missingLeft[0]).toBe(1);
    const set = tree.sets[0]!;
    expect(set[0]! & 0b111).toBe(0b100);
    expect(set[0]! >>> 3).toBe(2 ** 29 - 1);
    expect(set[1]).toBe(0b11111111);
    const right = await fitted([categorical(40, 3)], [bins], [9, 9, 9, 9, 0, 0, 0, 0], options);
    expect(right.missingLeft[0]).toBe(0);
    expect(right.sets[0]).toEqual(Uint32Array.of(0b11));
  });

  test("values below sorted ones are regularised by their l2, too", async () => {
    const options = { categorical: { ...free, l2: 10 }, leaves: 2 };
    const ten = <T>(values: readonly T[]) => Array.from({ length: 10 }, () => values).flat();
    const tree = await fitted([categorical(6)], [ten(codes)], ten(target), options);
    expect([...tree.value]).toEqual([2.5, 4.5, 0]);
    expect(tree.gain[0]).toBeCloseTo(450 ** 2 / 100 - 450 ** 2 / 180, 9);
  });
});
