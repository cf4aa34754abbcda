import * as fc from "fast-check";
import { expect, test } from "vitest";
import { matrix } from "../matrix.ts";
import type { Random } from "../random.ts";
import { seededRandom } from "../random.ts";
import { assessDrift } from "./assess-drift.ts";
import type { PredictedRows } from "./class-histogram.ts";
import type { DriftReference } from "./drift-reference.ts";
import { driftReference } from "./drift-reference.ts";
import { poisson } from "./poisson.ts";
import { PSI_FLOOR, binOf, psi, quantileEdges } from "./psi.ts";

const FEATURES = 24;
const CLASSES = 4;
const names = Array.from({ length: FEATURES }, (_, f) => `feature-${f}`);
/** Where each class stands in each feature: apart by several spreads, as activities are. */
const centres = (() => {
  const random = seededRandom(77);
  return Array.from({ length: CLASSES * FEATURES }, () => 3 * random.normal());
})();

/** Odds of the classes: at any one hour most people do much the same. */
function hour(random: Random): readonly number[] {
  return Array.from({ length: CLASSES }, () => 0.02 + random.uniform() ** 4);
}

const ALL_DAY = Array.from({ length: CLASSES }, () => 1);

/** Rows of people, each with a bent of their own, playing classes with the given odds one after the other. */
function record(
  random: Random,
  people: number,
  rowsEach: number,
  options: { sign?: number; odds?: readonly number[] } = {},
): PredictedRows {
  const { sign = 1, odds = ALL_DAY } = options;
  const total = odds.reduce((a, b) => a + b, 0);
  const rows = people * rowsEach;
  const values = new Float32Array(rows * FEATURES);
  const classes = new Int32Array(rows);
  const owners: string[] = [];
  for (let p = 0; p < people; p++) {
    const bent = Array.from({ length: FEATURES }, () => 0.7 * random.normal());
    for (let r = 0; r < rowsEach; r++) {
      const i = p * rowsEach + r;
      let left = (r / rowsEach) * total;
      let c = 0;
      while (c < CLASSES - 1 && left >= odds[c]!) left -= odds[c++]!;
      classes[i] = c;
      owners.push(`person-${p}`);
      for (let f = 0; f < FEATURES; f++) {
        values[i * FEATURES + f] = sign * (centres[c * FEATURES + f]! + bent[f]! + random.normal());
      }
    }
  }
  return { features: matrix(rows, FEATURES, values), classes, people: owners };
}

const reference = driftReference({ ...record(seededRandom(1), 20, 200), names, classCount: CLASSES });
const few = { minPeople: 3, draws: 60 };

/** The share of features whose index against the plain pooled reference is a large one by custom. */
function rawShare({ features }: PredictedRows): number {
  let over = 0;
  for (let f = 0; f < FEATURES; f++) {
    const expected = new Float64Array(reference.bins);
    const actual = new Float64Array(reference.bins);
    for (let at = 0; at < reference.counts.length; at++) {
      if (Math.floor(at / reference.bins) % FEATURES === f)
        expected[at % reference.bins]! += reference.counts[at]!;
    }
    for (let i = 0; i < features.rows; i++) {
      actual[binOf(features.values[i * FEATURES + f]!, reference.edges[f]!, reference.bins - 1)]!++;
    }
    if (psi(expected, actual) > 0.2) over++;
  }
  return over / FEATURES;
}

test("the index of known histograms", () => {
  expect(psi([50, 50], [80, 20])).toBeCloseTo(0.3 * Math.log(1.6) + -0.3 * Math.log(0.4), 12);
  expect(psi([1, 2, 3], [2, 4, 6])).toBe(0);
  expect(psi([1, 0], [0, 1])).toBeCloseTo(2 * (1 - PSI_FLOOR) * Math.log(1 / PSI_FLOOR), 10);
  expect(() => psi([1], [1, 2])).toThrow(expect.objectContaining({ code: "ARGUMENT_INVALID" }));
  expect(() => psi([0, 0], [1, 2])).toThrow(expect.objectContaining({ code: "ARGUMENT_INVALID" }));
});

test("the index is symmetric, never negative and 0 only for equal shares above the floor", () => {
  const histogram = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 4, maxLength: 4 });
  fc.assert(
    fc.property(histogram, histogram, (a, b) => {
      expect(psi(a, b)).toBeGreaterThanOrEqual(0);
      expect(psi(a, b)).toBeCloseTo(psi(b, a), 12);
    }),
    { seed: 3 },
  );
});

test("edges cut deciles, collapse when equal, and keep what was never seen apart", () => {
  const hundred = Float64Array.from({ length: 1000 }, (_, i) => i);
  const edges = quantileEdges(hundred);
  const counts = Array.from({ length: 10 }, () => 0);
  for (const value of hundred) counts[binOf(value, edges, 11)]!++;
  expect(counts).toEqual(Array.from({ length: 10 }, () => 100));
  const constant = quantileEdges(new Float64Array(20).fill(5));
  expect([4, 5, 6, NaN].map((value) => binOf(value, constant, 9))).toEqual([0, 1, 2, 9]);
  expect(quantileEdges(Float64Array.of(NaN, NaN))).toEqual([]);
});

test("Poisson numbers have their mean and variance on both sides of the switch", () => {
  const random = seededRandom(4);
  for (const mean of [0.3, 4, 29, 31, 400]) {
    const drawn = Array.from({ length: 4000 }, () => poisson(random, mean));
    const average = drawn.reduce((a, b) => a + b, 0) / drawn.length;
    const variance = drawn.reduce((a, b) => a + (b - average) ** 2, 0) / drawn.length;
    expect(Math.abs(average - mean)).toBeLessThan(5 * Math.sqrt(mean / 4000));
    expect(Math.abs(variance / mean - 1)).toBeLessThan(0.15);
  }
  expect(poisson(random, 0)).toBe(0);
});

test("a reference is counts, survives JSON and answers alike afterwards", () => {
  const stored = JSON.parse(JSON.stringify(reference)) as DriftReference;
  expect(stored).toEqual(reference);
  expect(JSON.stringify(reference)).not.toContain("person");
  expect(reference.rows.reduce((a, b) => a + b, 0)).toBe(20 * 200);
  expect(reference.counts.reduce((a, b) => a + b, 0)).toBe(20 * 200 * FEATURES);
  const current = record(seededRandom(2), 5, 90);
  expect(assessDrift(stored, current, few)).toEqual(assessDrift(reference, current, few));
});

test("other people with another class mix raise no alarm, though raw indices would", () => {
  let alarms = 0;
  let naive = 0;
  const windows = 150;
  for (let seed = 0; seed < windows; seed++) {
    const random = seededRandom(1000 + seed);
    const current = record(random, 3 + random.integer(6), 60 + random.integer(120), {
      odds: hour(random),
    });
    const report = assessDrift(reference, current, { ...few, seed });
    if (report.verdict === "drifted") alarms++;
    if (rawShare(current) > 0.05) naive++;
  }
  // One window in 61 exceeds 60 exchangeable draws; the floors make it rarer.
  expect(alarms).toBeLessThanOrEqual(2);
  expect(naive).toBeGreaterThan(0.9 * windows);
});

test("a window of one class is compared with that class", () => {
  const current = record(seededRandom(3), 8, 150, { odds: [0, 0, 1, 0] });
  const report = assessDrift(reference, current, few);
  const mean = report.features.reduce((sum, feature) => sum + feature.psi, 0) / FEATURES;
  expect(mean).toBeLessThan(0.15);
  expect(rawShare(current)).toBe(1);
  expect(report.verdict).toBe("stable");
});

test("a turned sensor is noticed", () => {
  for (let seed = 0; seed < 10; seed++) {
    const current = record(seededRandom(2000 + seed), 6, 100, { sign: -1 });
    const report = assessDrift(reference, current, few);
    expect(report.verdict).toBe("drifted");
    expect(report.fraction).toBeGreaterThan(0.8);
    expect(report.reason).toMatch(/features are over their threshold for 6 people/);
  }
});

test("the report is exact for a seed and sorted by index", () => {
  const current = record(seededRandom(5), 4, 80, { sign: -1 });
  const report = assessDrift(reference, current, few);
  expect(assessDrift(reference, current, few)).toEqual(report);
  const indices = report.features.map((feature) => feature.psi);
  expect(indices).toEqual(indices.toSorted((a, b) => b - a));
  for (const feature of report.features) {
    expect(feature.drifted).toBe(feature.psi > feature.threshold);
    expect(feature.threshold).toBeGreaterThanOrEqual(0.2);
  }
  expect(report).toMatchObject({ people: 4, rows: 320 });
});

test("one person alone never alarms, nor do people with few rows", () => {
  for (const sign of [1, -1]) {
    const alone = record(seededRandom(6), 1, 500, { sign });
    expect(assessDrift(reference, alone, few)).toMatchObject({ verdict: "waiting", people: 1, rows: 500 });
  }
  const short = record(seededRandom(7), 9, 59, { sign: -1 });
  expect(assessDrift(reference, short, few)).toMatchObject({ verdict: "waiting", people: 0, rows: 0 });
  const empty = { features: matrix(0, FEATURES, new Float32Array(0)), classes: [], people: [] };
  expect(assessDrift(reference, empty).reason).toBe("0 of at least 5 people have reported 60 rows or more");
});

test("a reference of too few people cannot say how people differ", () => {
  const narrow = driftReference({ ...record(seededRandom(1), 2, 200), names, classCount: CLASSES });
  const current = record(seededRandom(8), 6, 100, { sign: -1 });
  expect(assessDrift(narrow, current, few)).toMatchObject({ verdict: "waiting" });
});

test("a class that the reference never saw, and values that are missing, are drift and not errors", () => {
  const known = record(seededRandom(1), 12, 100);
  const oneClass = driftReference({ ...known, classes: new Int32Array(1200), names, classCount: CLASSES });
  const current = record(seededRandom(9), 5, 80);
  expect(["stable", "drifted"]).toContain(assessDrift(oneClass, current, few).verdict);
  const missing = { ...current, features: matrix(400, FEATURES, new Float32Array(400 * FEATURES).fill(NaN)) };
  expect(assessDrift(reference, missing, few)).toMatchObject({ verdict: "drifted", fraction: 1 });
});

test("illegal input is refused", () => {
  const invalid = expect.objectContaining({ code: "ARGUMENT_INVALID" });
  const current = record(seededRandom(2), 3, 80);
  expect(() => assessDrift(reference, current, { minPeople: 1 })).toThrow(invalid);
  expect(() => assessDrift(reference, current, { draws: 3 })).toThrow(invalid);
  expect(() => assessDrift(reference, current, { alpha: 0 })).toThrow(invalid);
  expect(() => assessDrift(reference, { ...current, classes: [0] })).toThrow(invalid);
  expect(() => assessDrift(reference, { ...current, classes: new Int32Array(240).fill(4) })).toThrow(invalid);
  const narrow = { ...current, features: matrix(240, 1, new Float32Array(240)) };
  expect(() => assessDrift(reference, narrow)).toThrow(invalid);
  expect(() => driftReference({ ...current, names: ["one"], classCount: CLASSES })).toThrow(invalid);
});
