import { expect, test } from "vitest";
import type { BoostTarget } from "../objective/objective.ts";
import { areaUnderRoc } from "./area-under-roc.ts";
import { metricOf, METRICS } from "./registry.ts";

const target = (y: readonly number[], classes = 0): BoostTarget => ({
  rows: y.length,
  y: Float64Array.from(y),
  weight: undefined,
  classes,
  groups: Int32Array.of(0, y.length),
});

test("the area under the curve counts pairs, ties half", () => {
  const y = [0, 1, 0, 1, 1, 0, 0];
  const scores = [0.1, 0.4, 0.4, 0.9, 0.1, 0.2, 0.9];
  let sum = 0;
  for (const [a, one] of y.entries())
    for (const [b, other] of y.entries())
      if (one === 1 && other === 0) sum += scores[a]! > scores[b]! ? 1 : scores[a] === scores[b] ? 0.5 : 0;
  expect(areaUnderRoc(y, scores)).toBeCloseTo(sum / 12, 14);
  expect(areaUnderRoc([0, 1], [-Infinity, 3])).toBe(1);
  expect(areaUnderRoc([0, 0], [1, 2])).toBeNaN();
  expect(areaUnderRoc([0, 1], [NaN, 2])).toBeNaN();
});

test("metrics say what their names do", () => {
  const numbers = target([1, 2, 4]);
  const found = () => Float64Array.of(1, 3, 2);
  const none = new Float64Array(0);
  expect(METRICS.rootMeanSquaredError().of(numbers, none, found)).toBeCloseTo(Math.sqrt(5 / 3), 14);
  expect(METRICS.meanAbsoluteError().of(numbers, none, found)).toBe(1);
  const classes = target([0, 1, 1], 2);
  const shares = () => Float64Array.of(0.9, 0.1, 0.8, 0.2, 0.3, 0.7);
  expect(METRICS.accuracy().of(classes, none, shares)).toBeCloseTo(2 / 3, 14);
  expect(METRICS.macroF1().of(classes, none, shares)).toBeCloseTo(2 / 3, 14);
  expect(METRICS.logLoss().of(classes, none, shares)).toBeCloseTo(-Math.log(0.9 * 0.2 * 0.7) / 3, 14);
  expect(METRICS.areaUnderRoc().of(classes, Float64Array.of(1, 2, 0), shares)).toBe(0.5);
  const three = { ...classes, classes: 3 };
  expect(() => METRICS.areaUnderRoc().of(three, new Float64Array(9), shares)).toThrow(
    /classes: expected two/,
  );
  expect(METRICS.ndcg({ k: 1 }).of(numbers, Float64Array.of(0, 1, 2), found)).toBe(1);
});

test("metrics are asked for by name, for the tasks that they judge", () => {
  const illegal = expect.objectContaining({ code: "DEFINITION_ILLEGAL" });
  expect(metricOf("x", { ndcg: { k: 5 } }, "ranking").name).toBe("ndcg@5");
  expect(() => metricOf("x", "accuracy", "regression")).toThrow(/metric: expected a metric of a regression/);
  expect(() => metricOf("x", "nothing" as never, "regression")).toThrow(illegal);
  expect(() => metricOf("x", { ndcg: { k: 0 } }, "ranking")).toThrow(illegal);
  const own = { name: "own", better: "lower", of: () => 1 } as const;
  expect(metricOf("x", own, "ranking")).toBe(own);
});
