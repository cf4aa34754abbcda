import { expect, test } from "vitest";
import vectors from "../../../../vectors/learn/metric.json" with { type: "json" };
import { matrixOf, selectLabels } from "../matrix.ts";
import { largestDifference } from "../testing/largest-difference.ts";
import { accuracy, accuracyByGroup } from "./accuracy.ts";
import { classificationReport, macroF1 } from "./classification-report.ts";
import { confusionMatrix } from "./confusion-matrix.ts";
import { groupBootstrapInterval, wilsonInterval } from "./interval.ts";
import { logLoss } from "./log-loss.ts";

const { cases, wilson } = vectors;

test.each(cases)("$name: every metric is scikit-learn's", (vector) => {
  const { y, predicted, classCount } = vector;
  const names = Array.from({ length: classCount }, (_, k) => `class-${k}`);
  const report = classificationReport(y, predicted, names);
  const column = (key: "precision" | "recall" | "f1" | "support") => report.classes.map((row) => row[key]);
  for (const key of ["precision", "recall", "f1", "support"] as const) {
    expect(largestDifference(column(key), vector[key])).toBeLessThan(1e-12);
  }
  expect(Math.abs(report.accuracy - vector.accuracy)).toBeLessThan(1e-12);
  expect(Math.abs(accuracy(y, predicted) - vector.accuracy)).toBeLessThan(1e-12);
  expect(Math.abs(macroF1(y, predicted, classCount) - vector.macroF1)).toBeLessThan(1e-12);
  expect(report.confusion).toEqual(vector.confusion);
  expect(Math.abs(logLoss(y, matrixOf(vector.probabilities)) - vector.logLoss)).toBeLessThan(1e-12);
});

test.each(wilson)(
  "Wilson's interval of $successes in $trials is SciPy's",
  ({ successes, trials, low, high }) => {
    const interval = wilsonInterval(successes, trials);
    expect(largestDifference([interval.low, interval.high], [low, high])).toBeLessThan(1e-12);
  },
);

test("a confident mistake costs a finite log loss", () => {
  expect(logLoss([1], matrixOf([[1, 0]]))).toBeCloseTo(-Math.log(Number.EPSILON), 12);
});

test("accuracy by group is in order of group", () => {
  expect(accuracyByGroup([0, 1, 1, 0], [0, 1, 0, 0], ["bob", "ann", "ann", "bob"])).toEqual([
    { group: "ann", rows: 2, accuracy: 0.5 },
    { group: "bob", rows: 2, accuracy: 1 },
  ]);
});

test("redrawing people gives a wider interval than redrawing rows when people differ", () => {
  const people = Array.from({ length: 200 }, (_, i) => i % 10);
  const predicted = people.map((person) => (person < 5 ? 0 : 1));
  const y = people.map(() => 0);
  const statistic = (rows: Int32Array) => accuracy(selectLabels(y, rows), selectLabels(predicted, rows));
  const byPerson = groupBootstrapInterval(people, statistic, { seed: 1, draws: 400 });
  const byRow = groupBootstrapInterval([...people.keys()], statistic, { seed: 1, draws: 400 });
  expect(byPerson.high - byPerson.low).toBeGreaterThan(2 * (byRow.high - byRow.low));
  expect(byPerson.low).toBeLessThan(0.5);
  expect(byPerson.high).toBeGreaterThan(0.5);
  expect(groupBootstrapInterval(people, statistic, { seed: 1, draws: 400 })).toEqual(byPerson);
});

test("lengths, classes and counts that do not fit are refused", () => {
  const invalid = expect.objectContaining({ code: "ARGUMENT_INVALID" });
  expect(() => accuracy([], [])).toThrow(invalid);
  expect(() => accuracy([1], [1, 2])).toThrow(invalid);
  expect(() => confusionMatrix([0], [2], 2)).toThrow(invalid);
  expect(() => confusionMatrix([-1], [0], 2)).toThrow(invalid);
  expect(() => logLoss([2], matrixOf([[0.5, 0.5]]))).toThrow(invalid);
  expect(() => wilsonInterval(3, 2)).toThrow(invalid);
  expect(() => groupBootstrapInterval([1, 1], () => 0)).toThrow(
    expect.objectContaining({ code: "NOT_ENOUGH_DATA" }),
  );
});
