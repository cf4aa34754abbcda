import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { largestDifference } from "../../../testing/largest-difference.ts";
import { readLightgbm } from "../../model/lightgbm/read-lightgbm.ts";
import { gainImportance, splitImportance } from "../importance/split-importance.ts";
import { shapValues } from "./shap-values.ts";

/** What scripts/vectors-tree-insight.py writes. */
interface Case {
  readonly model: string;
  readonly features: readonly string[];
  readonly rows: readonly (readonly (number | null)[])[];
  readonly contributions: readonly (readonly number[])[];
  readonly scores: readonly (readonly number[])[];
  readonly gain: readonly number[];
  readonly split: readonly number[];
}

const folder = new URL("../../../../../../vectors/tree-insight/", import.meta.url);
const cases = readdirSync(folder).filter((name) => name.endsWith(".json"));

test("there is a case for every kind of column and model", () => {
  expect(cases).toEqual([
    "binary.json",
    "categorical.json",
    "forest.json",
    "missing.json",
    "multiclass.json",
    "regression.json",
    "zero-missing.json",
  ]);
});

test.each(cases)("%s: contributions and importances are LightGBM's", (name) => {
  const given = JSON.parse(readFileSync(new URL(name, folder), "utf8")) as Case;
  const { ensemble } = readLightgbm(given.model);
  const columns = Object.fromEntries(
    given.features.map((feature, at) => [feature, given.rows.map((row) => row[at]!)]),
  );
  const shap = shapValues(ensemble, { columns });
  const { outputs } = shap;
  const width = given.features.length;
  // LightGBM adds up the trees of a forest where we average them.
  const scale = ensemble.average ? ensemble.trees.length / outputs : 1;
  for (const [row, theirs] of given.contributions.entries()) {
    const ours: number[] = [];
    for (let output = 0; output < outputs; output++) {
      const at = (row * outputs + output) * width;
      const own = [...shap.values.subarray(at, at + width), shap.base[output]!].map((value) => value * scale);
      const score = own.reduce((sum, value) => sum + value, 0);
      expect(Math.abs(score - given.scores[row]![output]!)).toBeLessThan(1e-9);
      ours.push(...own);
    }
    expect(largestDifference(ours, theirs)).toBeLessThan(1e-9);
  }
  expect(splitImportance(ensemble).map(({ value }) => value)).toEqual(given.split);
  for (const [at, { value }] of gainImportance(ensemble).entries())
    expect(Math.abs(value - given.gain[at]!)).toBeLessThanOrEqual(1e-5 * given.gain[at]!);
});
