import { expect, test } from "vitest";
import { seededRandom } from "../../../random.ts";
import { absoluteError } from "./absolute-error.ts";
import { binaryLogLoss } from "./binary-log-loss.ts";
import { customObjective } from "./custom-objective.ts";
import { huber } from "./huber.ts";
import { multiclassLogLoss } from "./multiclass-log-loss.ts";
import type { BoostTarget, Objective } from "./objective.ts";
import { poisson } from "./poisson.ts";
import { quantile } from "./quantile.ts";
import { OBJECTIVES, objectiveOf, usualObjective } from "./registry.ts";
import { squaredError } from "./squared-error.ts";
import { totalWeight } from "./target-sum.ts";
import { tweedie } from "./tweedie.ts";

const ROWS = 12;
const random = seededRandom(3);
const weight = Float64Array.from({ length: ROWS }, (_, row) => (row === 4 ? 0 : 0.25 + random.uniform()));
const target = (y: (row: number) => number, classes = 0, weighted = true): BoostTarget => ({
  rows: ROWS,
  y: Float64Array.from({ length: ROWS }, (_, row) => y(row)),
  weight: weighted ? weight : undefined,
  classes,
  groups: undefined,
});

const numbers = target(() => random.normal() * 3);
const counts = target((row) => row % 4);
const CASES: Readonly<Record<string, readonly [Objective, BoostTarget]>> = {
  binary: [binaryLogLoss(), target((row) => row % 2, 2)],
  multiclass: [multiclassLogLoss(), target((row) => row % 3, 3)],
  squared: [squaredError(), numbers],
  absolute: [absoluteError(), numbers],
  huber: [huber({ delta: 1.5 }), numbers],
  quantile: [quantile({ share: 0.8 }), numbers],
  poisson: [poisson({ maxStep: 0 }), counts],
  tweedie: [tweedie({ power: 1.3 }), counts],
};
/** Whose second derivatives are those of the loss; the others' are bounds, times this factor for several classes. */
const CURVED: Readonly<Record<string, number>> = {
  binary: 1,
  multiclass: 1.5,
  squared: 1,
  poisson: 1,
  tweedie: 1,
};

function derivativesOf(objective: Objective, rows: BoostTarget, scores: Float64Array) {
  const outputs = objective.outputs(rows.classes);
  const open = objective.open(rows);
  open.begin(scores);
  return Array.from({ length: outputs }, (_, output) => {
    const gradient = new Float32Array(ROWS);
    const hessian = new Float32Array(ROWS);
    open.derivatives(scores, output, gradient, hessian);
    return { gradient, hessian };
  });
}

test.each(Object.entries(CASES))("derivatives of %s are those of its loss", (name, [objective, rows]) => {
  const outputs = objective.outputs(rows.classes);
  const scores = Float64Array.from({ length: ROWS * outputs }, () => random.normal());
  const found = derivativesOf(objective, rows, scores);
  const total = totalWeight(rows);
  const step = 1e-4;
  for (let at = 0; at < scores.length; at++) {
    const moved = (by: number) => {
      const other = scores.slice();
      other[at]! += by;
      return objective.loss!(rows, other) * total;
    };
    const [row, output] = [Math.floor(at / outputs), at % outputs];
    const slope = (moved(step) - moved(-step)) / (2 * step);
    expect(found[output]!.gradient[row]).toBeCloseTo(slope, 4);
    if (CURVED[name] === undefined) continue;
    const curvature = (moved(step) - 2 * moved(0) + moved(-step)) / step ** 2;
    expect(found[output]!.hessian[row]).toBeCloseTo(CURVED[name] * curvature, 4);
  }
});

test.each(Object.entries(CASES))("%s starts where no constant has less loss", (_, [objective, rows]) => {
  const start = objective.initial(rows);
  const all = (scores: Float64Array) =>
    Float64Array.from({ length: ROWS * start.length }, (_, at) => scores[at % start.length]!);
  const least = objective.loss!(rows, all(start));
  for (let output = 0; output < start.length; output++)
    for (const by of [-0.01, 0.01])
      expect(
        objective.loss!(rows, all(start.map((score, at) => score + (at === output ? by : 0)))),
      ).toBeGreaterThanOrEqual(least - 1e-12);
});

test.each(Object.entries(CASES))(
  "%s takes a weight of 2 for a row that stands there twice",
  (_, [objective, rows]) => {
    const twice = { ...rows, weight: Float64Array.from(rows.y, (_, row) => (row < 6 ? 2 : 1)) };
    const picked = Int32Array.from({ length: 18 }, (_, at) => (at < 12 ? at >> 1 : at - 6));
    const long = {
      ...rows,
      rows: 18,
      weight: undefined,
      y: Float64Array.from(picked, (row) => rows.y[row]!),
    };
    const [one, other] = [objective.initial(twice), objective.initial(long)];
    for (const [output, score] of one.entries()) expect(score).toBeCloseTo(other[output]!, 12);
  },
);

test("weights of 1 and none give equal bits", () => {
  for (const [objective, rows] of Object.values(CASES)) {
    const scores = Float64Array.from({ length: ROWS * objective.outputs(rows.classes) }, () =>
      random.normal(),
    );
    const ones = { ...rows, weight: new Float64Array(ROWS).fill(1) };
    expect(derivativesOf(objective, ones, scores)).toEqual(
      derivativesOf(objective, { ...rows, weight: undefined }, scores),
    );
  }
});

test("links are those of classes and logarithms", () => {
  expect(Object.values(CASES).map(([{ link }]) => link.kind)).toEqual([
    "logistic",
    "softmax",
    "identity",
    "identity",
    "identity",
    "identity",
    "exp",
    "exp",
  ]);
});

test("certain rows keep a denominator, and labels of one class a finite start", () => {
  const [objective] = CASES["binary"]!;
  const rows = target(() => 1, 2, false);
  expect(Number.isFinite(objective.initial(rows)[0])).toBe(true);
  const [{ gradient, hessian }] = derivativesOf(objective, rows, new Float64Array(ROWS).fill(60)) as [
    ReturnType<typeof derivativesOf>[number],
  ];
  expect(gradient[0]).toBeCloseTo(0, 20);
  expect(hessian[0]).toBe(Math.fround(1e-16));
});

test("counts that are all 0 have no place to start, but may be looked at", () => {
  for (const objective of [poisson(), tweedie()]) {
    const zeros = target(() => 0, 3);
    expect(() => objective.check("test", zeros)).not.toThrow();
    expect(() => objective.initial(zeros)).toThrow(/a label above 0/);
  }
});

test("labels without a loss are refused, with the row", () => {
  const bad: readonly [Objective, number, RegExp][] = [
    [binaryLogLoss(), 2, /y\[0\]: expected 0 or 1, received 2/],
    [multiclassLogLoss(), 3, /integer in 0\.\.2, received 3/],
    [squaredError(), Infinity, /finite number, received Infinity/],
    [poisson(), -1, /at least 0, received -1/],
    [tweedie(), NaN, /received NaN/],
  ];
  for (const [objective, value, says] of bad)
    expect(() =>
      objective.check(
        "fit",
        target(() => value, 3),
      ),
    ).toThrow(says);
});

test("options and names are checked", () => {
  const illegal = expect.objectContaining({ code: "DEFINITION_ILLEGAL" });
  for (const make of [
    () => huber({ delta: 0 }),
    () => quantile({ share: 1 }),
    () => tweedie({ power: 2 }),
    () => poisson({ maxStep: -1 }),
    () => objectiveOf("x", "nothing" as never),
    () => customObjective({ name: "", derivatives() {} }),
    () => customObjective({ name: "x" } as never),
    () => customObjective({ name: "x", derivatives() {}, outputs: 0 }),
  ])
    expect(make).toThrow(illegal);
  expect(objectiveOf("x", { quantile: { share: 0.1 } }).name).toBe("quantile");
  for (const [name, make] of Object.entries(OBJECTIVES)) expect(make().name).toBe(name);
  expect(usualObjective("classification", 2).name).toBe("binaryLogLoss");
  expect(usualObjective("classification", 4).outputs(4)).toBe(4);
});
