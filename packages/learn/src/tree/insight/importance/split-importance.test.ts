import { expect, test } from "vitest";
import { randomCase } from "../testing/random-case.ts";
import { gainImportance, splitImportance } from "./split-importance.ts";

test("gains and branches are counted by feature, shares add up to 1", () => {
  const { ensemble } = randomCase({ seed: 2, features: 5, trees: 6, leaves: 12 });
  const gains = gainImportance(ensemble);
  const splits = splitImportance(ensemble);
  expect(gains.map(({ feature }) => feature)).toEqual(["f0", "f1", "f2", "f3", "f4"]);
  for (const [at, { value }] of splits.entries()) {
    const asking = ensemble.trees.flatMap((tree) =>
      [...tree.feature.keys()].flatMap((node) => (tree.feature[node] === at ? [tree.gain[node]!] : [])),
    );
    expect(value).toBe(asking.length);
    expect(gains[at]!.value).toBeCloseTo(
      asking.reduce((sum, gain) => sum + gain, 0),
      12,
    );
  }
  expect(gains.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
  expect(gainImportance({ ...ensemble, trees: [], target: new Int32Array(0) })[0]).toEqual({
    feature: "f0",
    value: 0,
    share: 0,
  });
});
