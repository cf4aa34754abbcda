import * as fc from "fast-check";
import { expect, test } from "vitest";
import { newestOfEach } from "./current-window.ts";
import { labelCoverage, liveQuality, percentile, selectLive, type LivePredictions } from "./live-quality.ts";

/** Predictions from rows of `[subject, time, predicted, actual, delay, latency]`. */
function live(rows: readonly (readonly [string, number, number, number, number, number])[]): LivePredictions {
  const column = (index: 1 | 2 | 3 | 4 | 5) => rows.map((row) => row[index]);
  const same = (value: string) => rows.map(() => value);
  return {
    subject: rows.map(([subject]) => subject),
    person: rows.map(([subject]) => subject),
    role: same("control"),
    session: same("s"),
    start: new Float64Array(rows.length),
    release: same("r"),
    source: same("device"),
    time: Float64Array.from(column(1)),
    predicted: Int32Array.from(column(2)),
    actual: Int32Array.from(column(3)),
    delay: Float64Array.from(column(4)),
    latency: Float64Array.from(column(5)),
  };
}

const some = live([
  ["a", 1, 0, 0, 100, 5],
  ["a", 2, 0, 1, 300, 1],
  ["b", 3, 1, 1, 200, 2],
  ["b", 4, 1, -1, Number.NaN, 9],
  ["c", 5, 0, 0, 400, 3],
]);
const all = selectLive(some, () => true);

test("quality is counted over the labelled, latency and people over all", () => {
  // Labelled: 0/0, 0/1, 1/1, 0/0. Class 0: precision 2/3, recall 1; class 1: precision 1, recall 1/2.
  expect(liveQuality(some, all, 2)).toEqual({
    predictions: 5,
    labelled: 4,
    people: 3,
    accuracy: 3 / 4,
    macroF1: (4 / 5 + 2 / 3) / 2,
    p95Ms: 9,
  });
  const unlabelled = selectLive(some, (row) => some.actual[row] === -1);
  expect([...unlabelled]).toEqual([3]);
  expect(liveQuality(some, unlabelled, 2)).toEqual({
    predictions: 1,
    labelled: 0,
    people: 1,
    accuracy: null,
    macroF1: null,
    p95Ms: 9,
  });
  expect(liveQuality(some, new Int32Array(0), 2)).toMatchObject({ predictions: 0, people: 0, p95Ms: null });
});

test("coverage counts the labelled; the delay is the median of theirs", () => {
  expect(labelCoverage(some, all)).toEqual({ coverage: 4 / 5, medianDelay: 200 });
  expect(labelCoverage(some, Int32Array.of(1, 3))).toEqual({ coverage: 1 / 2, medianDelay: 300 });
  expect(labelCoverage(some, Int32Array.of(3))).toEqual({ coverage: 0, medianDelay: 0 });
  expect(labelCoverage(some, new Int32Array(0))).toEqual({ coverage: 0, medianDelay: 0 });
});

test("a percentile is the smallest value that covers its share", () => {
  expect(percentile([5, 1, 4, 2, 3], 0.5)).toBe(3);
  expect(percentile([1, 2, 3, 4], 0.5)).toBe(2);
  expect(percentile([3, 1], 0)).toBe(1);
  expect(percentile([], 0.5)).toBeNull();
  fc.assert(
    fc.property(
      fc.array(fc.integer(), { minLength: 1 }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (values, share) => {
        const found = percentile(values, share)!;
        const atMost = (bound: number) => values.filter((value) => value <= bound).length;
        expect(values).toContain(found);
        expect(atMost(found)).toBeGreaterThanOrEqual(share * values.length - 1e-9);
        const below = values.filter((value) => value < found).length;
        expect(below).toBeLessThan(share * values.length + 1e-9);
      },
    ),
  );
});

test("the current window holds the newest of each person, oldest first", () => {
  const rows = live([
    ["a", 9, 0, 0, 0, 0],
    ["b", 1, 0, 0, 0, 0],
    ["a", 5, 0, 0, 0, 0],
    ["a", 7, 1, 0, 0, 0],
    ["b", 1, 0, 0, 0, 0],
    ["a", 6, 0, 0, 0, 0],
  ]);
  const chosen = (count: number, keep: (row: number) => boolean = () => true) => [
    ...newestOfEach(rows, count, keep),
  ];
  expect(chosen(2).toSorted()).toEqual([0, 1, 3, 4]);
  expect(chosen(2).filter((row) => rows.subject[row] === "a")).toEqual([3, 0]);
  expect(chosen(1).toSorted()).toEqual([0, 4]);
  expect(chosen(9)).toHaveLength(6);
  expect(chosen(1, (row) => rows.predicted[row] === 1)).toEqual([3]);
});
