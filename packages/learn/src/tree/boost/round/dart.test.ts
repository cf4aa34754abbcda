import { expect, test } from "vitest";
import { seededRandom } from "../../../random.ts";
import type { Tree } from "../../tree-ensemble.ts";
import { dartFactors, droppedRounds } from "./dart.ts";
import { keptRound } from "./dart-round.ts";

test("those left out and the new one share their place", () => {
  expect(dartFactors(0, 0.1, "tree")).toEqual({ fresh: 1, old: 1 });
  expect(dartFactors(3, 0.1, "tree")).toEqual({ fresh: 1 / 4, old: 3 / 4 });
  expect(dartFactors(1, 0.1, "rate")).toEqual({ fresh: 1 / 1.1, old: 1 / 1.1 });
});

test("rounds are left out by chance, not too many, and some times none", () => {
  const random = seededRandom(4);
  const options = { rate: 0.2, most: 5, skip: 0.25 };
  let [none, sum] = [0, 0];
  for (let time = 0; time < 2000; time++) {
    const dropped = droppedRounds(random, 10, options);
    expect(dropped.every((round, at) => at === 0 || round > dropped[at - 1]!)).toBe(true);
    expect(dropped.length).toBeLessThanOrEqual(5);
    none += Number(dropped.length === 0);
    sum += dropped.length;
  }
  // 0.25 + 0.75 * 0.8^10 of the draws leave none out; 0.75 * 2 rounds are left out on average.
  expect(none / 2000).toBeCloseTo(0.25 + 0.75 * 0.8 ** 10, 1);
  expect(sum / 2000).toBeCloseTo(1.5, 0);
  const late = Array.from({ length: 400 }, () => droppedRounds(random, 1000, { ...options, skip: 0 })).flat();
  expect(late.filter((round) => round >= 500).length / late.length).toBeGreaterThan(0.35);
  expect(droppedRounds(random, 0, options)).toEqual([]);
});

test("ways through trees are kept for DART alone", () => {
  const outputs = [{ tree: {} as Tree, walk() {} }];
  expect(keptRound(outputs, true)).toEqual({ trees: [{}], walks: [outputs[0]!.walk], factor: 1 });
  expect(keptRound(outputs, false)).toEqual({ trees: [{}], walks: [], factor: 1 });
});
