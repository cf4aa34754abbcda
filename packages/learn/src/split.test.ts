import * as fc from "fast-check";
import { expect, test } from "vitest";
import { groupFolds, leakedGroups, splitByGroup } from "./split.ts";

const people = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 2, maxLength: 80 });
const several = people.filter((list) => new Set(list).size >= 3);

test("a split covers every row once and no group is on both sides", () => {
  fc.assert(
    fc.property(
      several,
      fc.integer(),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      (groups, seed, test) => {
        const split = splitByGroup(groups, { test, seed });
        const rows = [...split.train, ...split.test].sort((a, b) => a - b);
        expect(rows).toEqual([...groups.keys()]);
        expect(leakedGroups(groups, split)).toEqual([]);
        expect(split.train.length).toBeGreaterThan(0);
        expect(split.test.length).toBeGreaterThan(0);
      },
    ),
    { seed: 1 },
  );
});

test("the leak test finds a leak", () => {
  const split = { train: Int32Array.of(0, 1), test: Int32Array.of(2) };
  expect(leakedGroups(["ann", "bob", "ann"], split)).toEqual(["ann"]);
});

test("the same people are held out whatever the order of the rows", () => {
  const groups = Array.from({ length: 60 }, (_, i) => `person-${i % 10}`);
  const held = (list: string[]) =>
    new Set([...splitByGroup(list, { test: 0.3, seed: 4 }).test].map((row) => list[row]));
  expect(held(groups)).toEqual(held(groups.toReversed()));
  expect(held(groups).size).toBe(3);
});

test("folds partition the rows by group and are balanced", () => {
  fc.assert(
    fc.property(several, fc.integer(), (groups, seed) => {
      const folds = groupFolds(groups, 3, seed);
      const tested = folds.flatMap((fold) => [...fold.test]).sort((a, b) => a - b);
      expect(tested).toEqual([...groups.keys()]);
      for (const fold of folds) {
        expect(leakedGroups(groups, fold)).toEqual([]);
        expect(fold.train.length + fold.test.length).toBe(groups.length);
      }
    }),
    { seed: 2 },
  );
  const even = Array.from({ length: 90 }, (_, i) => i % 9);
  expect(groupFolds(even, 3, 1).map((fold) => fold.test.length)).toEqual([30, 30, 30]);
});

test("too few groups and illegal fractions are refused", () => {
  const few = expect.objectContaining({ code: "NOT_ENOUGH_DATA" });
  const invalid = expect.objectContaining({ code: "ARGUMENT_INVALID" });
  expect(() => splitByGroup([1, 1, 1])).toThrow(few);
  expect(() => groupFolds([1, 2], 3)).toThrow(few);
  expect(() => groupFolds([1, 2], 1)).toThrow(invalid);
  expect(() => splitByGroup([1, 2], { test: 1 })).toThrow(invalid);
});
