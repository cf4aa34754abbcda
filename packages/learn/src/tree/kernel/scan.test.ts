import { expect, test } from "vitest";

import type { BinnedFeature } from "../binned-table.ts";
import { leafSplits, scan } from "./scan.ts";
import type { ScanLimits } from "./tree-kernels.ts";

const feature = (bins: number, missing = false): BinnedFeature => ({
  kind: "numeric",
  name: "x",
  upper: Float64Array.from({ length: bins }, (_, b) => (b === bins - 1 ? Infinity : b)),
  missing,
  bins: bins + Number(missing),
});

/** Scans features given as pairs of gradient and hessian for each bin. */
function scanned(
  features: readonly { readonly of: BinnedFeature; readonly sums: readonly (readonly [number, number])[] }[],
  limits: Partial<ScanLimits> = {},
  scales = { gradient: 1, hessian: 1 },
) {
  const total = { gradient: 0, hessian: 0 };
  for (const [gradient, hessian] of features[0]!.sums) {
    total.gradient += gradient;
    total.hessian += hessian;
  }
  const first = new Int32Array(features.length + 1);
  for (const [f, { of }] of features.entries()) first[f + 1] = first[f]! + of.bins;
  const splits = leafSplits(features.length);
  const table = { rows: 0, features: features.map(({ of }) => of), bins: [] };
  const all: ScanLimits = {
    sums: total,
    rows: total.hessian,
    l1: 0,
    l2: 0,
    minChildWeight: 0,
    minChildRows: 0,
    maxDelta: 0,
    lower: -Infinity,
    upper: Infinity,
    monotone: undefined,
    allowed: new Uint8Array(features.length).fill(1),
    randomSeed: undefined,
    ...limits,
  };
  scan(table, Int32Array.from(features.flatMap(({ sums }) => sums.flat())), first, all, scales, splits);
  return splits;
}

test("of equal bins the smaller, of equal sides what is missing on the right", () => {
  const even = scanned([
    {
      of: feature(4),
      sums: [
        [-3, 1],
        [0, 0],
        [3, 1],
        [0, 0],
      ],
    },
  ]);
  expect([even.bin[0], even.gain[0], even.gradient[0], even.hessian[0]]).toEqual([0, 18, -3, 1]);
  // Mirror images: bin 0 with what is missing on the left, or bin 1 with it on the right, and the other way round.
  const mirrored = scanned([
    {
      of: feature(3, true),
      sums: [
        [-2, 1],
        [2, 1],
        [-2, 1],
        [2, 1],
      ],
    },
  ]);
  expect([mirrored.bin[0], mirrored.missingLeft[0]]).toEqual([0, 0]);
});

test("missing sums of 0 go with the greater hessian, the left one if they are equal", () => {
  const of = feature(2, true);
  const side = (left: number, right: number) =>
    scanned([
      {
        of,
        sums: [
          [-3, left],
          [3, right],
          [0, 0],
        ],
      },
    ]).missingLeft[0];
  expect([side(2, 1), side(1, 2), side(1, 1)]).toEqual([1, 0, 1]);
});

test("rounding is no gain", () => {
  const tenths = Array.from({ length: 100 }, () => [-1, 10] as const);
  for (const l1 of [0, 0.1]) {
    for (const maxDelta of [0, 7]) {
      const { gain } = scanned([{ of: feature(100), sums: tenths }], { l1, maxDelta });
      expect(gain[0]).toBeLessThanOrEqual(0);
    }
  }
});

test("limits are in the unit of the loss", () => {
  const bins = [
    [-40, 10],
    [5, 30],
    [20, 5],
  ] as const;
  const scales = { gradient: 0.5, hessian: 0.25 };
  const { gain, bin } = scanned([{ of: feature(3), sums: bins }], { l1: 1, l2: 2 }, scales);
  const score = (g: number, h: number) => Math.max(0, Math.abs(g * 0.5) - 1) ** 2 / (h * 0.25 + 2);
  expect(gain[0]).toBeCloseTo(score(-40, 10) + score(25, 35) - score(-15, 45), 12);
  expect(bin[0]).toBe(0);
  expect(scanned([{ of: feature(3), sums: bins }], { minChildWeight: 2.6 }, scales).bin[0]).toBe(-1);
  expect(scanned([{ of: feature(3), sums: bins }], { minChildWeight: 2.5 }, scales).bin[0]).toBe(0);
  // 10 of 45 hessians are 4.4 of 20 rows, which is 4.
  expect(scanned([{ of: feature(3), sums: bins }], { rows: 20, minChildRows: 4 }).bin[0]).toBe(0);
  expect(scanned([{ of: feature(3), sums: bins }], { rows: 20, minChildRows: 5 }).bin[0]).toBe(-1);
  // Of 21 they are 4.7, which is 5.
  expect(scanned([{ of: feature(3), sums: bins }], { rows: 21, minChildRows: 5 }).bin[0]).toBe(0);
});

test("features that may not be asked, have one bin, or no hessian, have no split", () => {
  const of = feature(2);
  const sums = [
    [-3, 1],
    [3, 1],
  ] as const;
  const { gain } = scanned(
    [
      { of, sums },
      { of, sums },
      { of: feature(1), sums: [[0, 2]] },
      {
        of,
        sums: [
          [-3, 2],
          [3, 0],
        ],
      },
    ],
    { allowed: Uint8Array.of(0, 1, 1, 1) },
  );
  expect([...gain]).toEqual([-Infinity, 18, -Infinity, -Infinity]);
});

test("bounds are in the unit of scores", () => {
  const bins = [
    [-40, 10],
    [30, 30],
  ] as const;
  const scales = { gradient: 0.5, hessian: 0.25 };
  const saved = (g: number, h: number, value: number) => -(2 * g * 0.5 * value + h * 0.25 * value * value);
  const gain = (limits: Partial<ScanLimits>) =>
    scanned([{ of: feature(2), sums: bins }], limits, scales).gain[0];
  expect(gain({})).toBeCloseTo(saved(-40, 10, 8) + saved(30, 30, -2) - saved(-10, 40, 0.5), 12);
  expect(gain({ upper: 3 })).toBeCloseTo(saved(-40, 10, 3) + saved(30, 30, -2) - saved(-10, 40, 0.5), 12);
  expect(gain({ lower: -1 })).toBeCloseTo(saved(-40, 10, 8) + saved(30, 30, -1) - saved(-10, 40, 0.5), 12);
  expect(gain({ maxDelta: 1 })).toBeCloseTo(saved(-40, 10, 1) + saved(30, 30, -1) - saved(-10, 40, 0.5), 12);
  expect(gain({ monotone: Int8Array.of(1) })).toBe(-Infinity);
  expect(gain({ monotone: Int8Array.of(-1) })).toBeCloseTo(gain({})!, 12);
});

test("of equal bins the smaller where outputs are bounded, too", () => {
  const sums = [
    [-3, 1],
    [0, 0],
    [3, 1],
    [0, 0],
  ] as const;
  const { bin, gain } = scanned([{ of: feature(4), sums }], { maxDelta: 1 });
  expect([bin[0], gain[0]]).toEqual([0, 10]);
});
