import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { matrix } from "../matrix.ts";
import { seededRandom } from "../random.ts";
import { byLogistic } from "../select/model/by-linear.ts";
import { outOfFold } from "../select/out-of-fold.ts";
import type { Labels } from "../transform/transform-def.ts";
import { labelErrors, type LabelErrorOptions } from "./label-error.ts";
import { labelQuality, type LabelScore } from "./label-quality.ts";
import { preserveSum } from "./preserve-sum.ts";
import { flipLabels, foundShares } from "./testing/flip-label.ts";

interface Case {
  readonly classes: number;
  readonly y: readonly number[];
  readonly probabilities: readonly (readonly number[])[];
  readonly thresholds: readonly number[];
  readonly joint: readonly (readonly number[])[];
  readonly quality: Readonly<Record<LabelScore, readonly number[]>>;
  readonly found: Readonly<Record<string, readonly number[]>>;
}

const file = new URL("../../../../vectors/prepare/category/label-error.json", import.meta.url);
const CASES = JSON.parse(readFileSync(file, "utf8")) as readonly Case[];

type Classes = Extract<Labels, { readonly kind: "classes" }>;

const labelsOf = (y: readonly number[], classes: number): Classes => ({
  kind: "classes",
  y: Int32Array.from(y),
  classes: Array.from({ length: classes }, (_, at) => `class ${at}`),
});

describe.each(CASES)("as cleanlab with $classes classes", (one) => {
  const labels = labelsOf(one.y, one.classes);
  const probabilities = Float64Array.from(one.probabilities.flat());

  test("thresholds, joint and qualities", () => {
    const report = labelErrors(labels, probabilities);
    expect(
      Math.max(...one.thresholds.map((value, at) => Math.abs(value - report.thresholds[at]!))),
    ).toBeLessThan(1e-12);
    expect([...report.joint]).toEqual(one.joint.flat());
    for (const [score, theirs] of Object.entries(one.quality)) {
      const ours = labelQuality(labels.y, probabilities, one.classes, score as LabelScore);
      expect(Math.max(...theirs.map((value, at) => Math.abs(value - ours[at]!)))).toBeLessThan(1e-12);
    }
  });

  test.each(Object.entries(one.found))("rows of %s, in order", (name, rows) => {
    const [filterBy, rankBy] = name.split(" ") as [NonNullable<LabelErrorOptions["filterBy"]>, LabelScore];
    const report = labelErrors(labels, probabilities, { filterBy, rankBy });
    expect([...report.rows]).toEqual(rows);
  });
});

test("finds four of five flipped labels, most of what it names being flipped", async () => {
  const random = seededRandom(8);
  const [rows, features, classes] = [1500, 6, 4];
  const truth = Int32Array.from({ length: rows }, () => random.integer(classes));
  const centres = Array.from({ length: classes }, () =>
    Array.from({ length: features }, () => 2.2 * random.normal()),
  );
  const values = Float64Array.from({ length: rows * features }, (_, at) => {
    const row = Math.floor(at / features);
    return centres[truth[row]!]![at % features]! + random.normal();
  });
  const X = matrix(rows, features, values);
  const { y, flipped } = flipLabels(truth, classes, 0.05, 1);
  const noisy = labelsOf([...y], classes);
  const probabilities = await outOfFold(byLogistic(), X, noisy);
  const report = labelErrors(noisy, probabilities);
  const { recall, precision } = foundShares(report.rows, flipped);
  expect(recall).toBeGreaterThan(0.8);
  expect(precision).toBeGreaterThan(0.7);
  expect(report.noise).toBeGreaterThan(0.03);
  expect(report.noise).toBeLessThan(0.08);
  // What it prefers is what the label was.
  const right = report.rows.filter((row, at) => flipped[row] === 1 && report.likely[at] === truth[row]);
  expect(right.length / report.rows.filter((row) => flipped[row] === 1).length).toBeGreaterThan(0.95);
  const pairs = report.pairs.reduce((sum, pair) => sum + pair.found, 0);
  expect(pairs).toBe(report.rows.length);
  const worst = labelErrors(noisy, probabilities, { most: 7 });
  expect([...worst.rows]).toEqual([...report.rows.subarray(0, 7)]);
});

test("a class without rows, and rows that no class is sure of, count for nothing", () => {
  const labels: Classes = { kind: "classes", y: Int32Array.of(0, 0, 1, 1), classes: ["a", "b", "unseen"] };
  const probabilities = Float64Array.of(0.9, 0.1, 0, 0.8, 0.1, 0.1, 0.2, 0.8, 0, 0.85, 0.15, 0);
  const report = labelErrors(labels, probabilities, { filterBy: "confidentLearning" });
  expect(report.thresholds[2]).toBe(Infinity);
  expect([...report.rows]).toEqual([3]);
  expect(report.pairs).toEqual([{ given: "b", likely: "a", estimated: 1, found: 1 }]);
});

test("a class keeps as many rows as asked", () => {
  const labels = labelsOf([0, 0, 0, 1, 1, 1], 2);
  const probabilities = Float64Array.of(0.9, 0.1, 0.8, 0.2, 0.9, 0.1, 0.9, 0.1, 0.85, 0.15, 0.95, 0.05);
  for (const filterBy of ["pruneByNoiseRate", "pruneByClass"] as const) {
    expect([...labelErrors(labels, probabilities, { filterBy }).rows]).toEqual([5, 3]);
    expect([...labelErrors(labels, probabilities, { filterBy, minExamplesPerClass: 2 }).rows]).toEqual([5]);
    expect([...labelErrors(labels, probabilities, { filterBy, minExamplesPerClass: 3 }).rows]).toEqual([]);
  }
});

test("what makes no sense is refused by name", () => {
  const labels = labelsOf([0, 1], 2);
  const of = (probabilities: readonly number[], options?: LabelErrorOptions) =>
    labelErrors(labels, Float64Array.from(probabilities), options);
  expect(() => of([1, 0])).toThrow(/2 rows of 2.*2 numbers.*ARGUMENT_INVALID/);
  expect(() => of([0.5, 0.5, 0.9, 0.3])).toThrow(/row 1.*a sum of 1/);
  expect(() => of([0.5, 0.5, Number.NaN, 1])).toThrow(/row 1.*from 0 to 1/);
  expect(() => of([0.5, 0.5, 0, 1], { filterBy: "all" as "both" })).toThrow(/filterBy.*DEFINITION_ILLEGAL/);
  expect(() => labelErrors(labelsOf([0, 2], 2), Float64Array.of(1, 0, 0, 1))).toThrow(/labels\[1\]/);
  expect(() => labelErrors(labelsOf([], 2), new Float64Array())).toThrow(/NOT_ENOUGH_DATA/);
  expect(() => labelErrors(labelsOf([0], 1), Float64Array.of(1))).toThrow(/two classes/);
});

test("rounding keeps the sum", () => {
  expect([...preserveSum(Float64Array.of(0.4, 0.4, 0.2))]).toEqual([1, 0, 0]);
  expect([...preserveSum(Float64Array.of(1.6, 1.6, 0.8))]).toEqual([1, 2, 1]);
  expect([...preserveSum(Float64Array.of(0.5, 1.5, 3))]).toEqual([0, 2, 3]);
  expect([...preserveSum(Float64Array.of(2.5, 2.5))]).toEqual([3, 2]);
});
