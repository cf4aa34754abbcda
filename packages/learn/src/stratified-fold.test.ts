import * as fc from "fast-check";
import { expect, test } from "vitest";
import { leakedGroups } from "./split.ts";
import { stratifiedFolds } from "./stratified-fold.ts";

const K = 3;

/** Three classes with at least K rows each, in any order. */
const labels = fc
  .array(fc.integer({ min: 0, max: 2 }), { maxLength: 60 })
  .map((drawn) => Int32Array.from([...drawn, 0, 1, 2, 0, 1, 2, 0, 1, 2]));

test("each row is tested once, and folds differ by at most one row of a class", () => {
  fc.assert(
    fc.property(labels, fc.integer(), (y, seed) => {
      const folds = stratifiedFolds(y, K, { seed });
      const tested = folds.flatMap(({ test }) => [...test]).sort((a, b) => a - b);
      expect(tested).toEqual([...y.keys()]);
      for (const { train, test } of folds) {
        expect([...train, ...test].sort((a, b) => a - b)).toEqual([...y.keys()]);
        expect(train).toEqual(train.toSorted());
        expect(test).toEqual(test.toSorted());
      }
      for (const label of [0, 1, 2]) {
        const counts = folds.map(({ test }) => test.filter((row) => y[row] === label).length);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      }
    }),
    { seed: 1 },
  );
});

test("rows of a group stay together, and folds of a class differ by at most its largest group", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 14 }), { maxLength: 90 }), fc.integer(), (drawn, seed) => {
      const groups = [...drawn, ...Array.from({ length: 15 }, (_, group) => group)];
      const y = groups.map((group) => (group % 2 === 0 ? "even" : "odd"));
      const folds = stratifiedFolds(y, K, { groups, seed });
      for (const fold of folds) expect(leakedGroups(groups, fold)).toEqual([]);
      const sizes = Array.from({ length: 15 }, (_, group) => groups.filter((one) => one === group).length);
      for (const label of ["even", "odd"]) {
        const counts = folds.map(({ test }) => test.filter((row) => y[row] === label).length);
        const largest = Math.max(...sizes.filter((_, group) => (group % 2 === 0) === (label === "even")));
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(largest);
      }
    }),
    { seed: 2 },
  );
});

test("the seed decides, and is 0 unless it is given", () => {
  const y = Int32Array.from({ length: 40 }, (_, row) => row % 2);
  expect(stratifiedFolds(y, 4)).toEqual(stratifiedFolds(y, 4, { seed: 0 }));
  expect(stratifiedFolds(y, 4)).not.toEqual(stratifiedFolds(y, 4, { seed: 1 }));
});

test("a group of several classes goes where its first row's class has room", () => {
  const y = ["a", "b", "a", "a", "c"];
  const folds = stratifiedFolds(y, 2, { groups: [1, 1, 2, 3, 3] });
  expect(folds.map(({ test }) => test.length).toSorted()).toEqual([2, 3]);
});

test("too few rows of a class and illegal arguments are refused", () => {
  const few = expect.objectContaining({ code: "NOT_ENOUGH_DATA" });
  const invalid = expect.objectContaining({ code: "ARGUMENT_INVALID" });
  expect(() => stratifiedFolds([0, 0, 1], 2)).toThrow(few);
  expect(() => stratifiedFolds([0, 0, 1, 1], 2, { groups: ["ann", "ann", "bob", "cleo"] })).toThrow(few);
  expect(() => stratifiedFolds([], 2)).toThrow(few);
  expect(() => stratifiedFolds([0, 1], 1)).toThrow(invalid);
  expect(() => stratifiedFolds([0, 1], 1.5)).toThrow(invalid);
  expect(() => stratifiedFolds([0, 1], 2, { groups: [1] })).toThrow(invalid);
});
