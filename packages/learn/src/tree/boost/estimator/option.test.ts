import { expect, test } from "vitest";
import type { BoostedTreesOptions } from "../boost-option.ts";
import { customObjective } from "../objective/custom-objective.ts";
import { BOOST_OPTION_FORMS } from "../option-form.ts";
import { madeClasses, madeGrades, madeRows } from "../testing/made-rows.ts";
import { boostedTrees } from "./boosted-trees.ts";

const make = (options: object) => () => boostedTrees(options as BoostedTreesOptions);
const silent = customObjective({ name: "silent", derivatives() {} });

test.each([
  [{ leafs: 3 }, /leafs: expected one of the options .*leaves/],
  [{ leaves: 1 }, /leaves: expected an integer of 2 to 131072, received 1/],
  [{ rounds: 0 }, /rounds/],
  [{ rounds: "100" }, /rounds: expected an integer of at least 1, received "100"/],
  [{ rate: 0 }, /rate/],
  [{ depth: 1.5 }, /depth/],
  [{ bins: 256 }, /bins/],
  [{ rowShare: 0 }, /rowShare/],
  [{ featureShare: 1.1 }, /featureShare/],
  [{ l2: -1 }, /l2/],
  [{ seed: 0.5 }, /seed/],
  [{ monotone: { a: 2 } }, /monotone: expected 1 or -1/],
  [{ interactions: ["a"] }, /interactions/],
  [{ interactions: [["a", "a"]] }, /each column once in a group/],
  [{ categories: { oneHot: -1 } }, /categories/],
  [{ goss: { top: 0.9, other: 0.2 } }, /top and other of at most 1 together/],
  [{ goss: false }, /goss/],
  [{ dart: { chance: 1 } }, /dart/],
  [{ goss: true, rowShare: 0.5 }, /rowShare: expected 1 beside goss/],
  [{ objective: "hinge" }, /one of squaredError/],
  [{ objective: "huber" }, /an objective of a classification, received huber/],
  [{ task: "regression", classWeights: "balanced" }, /classWeights: expected none in a regression/],
  [{ task: "regression", metric: "accuracy" }, /a metric of a regression/],
  [{ monitor: "metric" }, /monitor/],
  [{ minDelta: 0.1 }, /minDelta: expected none without patience/],
  [{ task: "regression", objective: silent, patience: 3 }, /silent has no loss/],
])("%j is refused", (options, says) => {
  const illegal = { code: "DEFINITION_ILLEGAL", message: expect.stringMatching(says) };
  expect(make(options)).toThrow(expect.objectContaining(illegal));
});

test("every option of another type is refused by name", () => {
  for (const name of Object.keys(BOOST_OPTION_FORMS))
    expect(make({ [name]: Symbol("no") })).toThrow(new RegExp(`boostedTrees: ${name}: expected`));
});

const { columns, y } = madeRows(60, 9);
const classes = { columns, y: madeClasses(y, 2), classes: ["no", "yes"] };
const grades = { columns, ...madeGrades(y) };
const plain = { rounds: 2, leaves: 4, minChildRows: 2, categorical: ["d"] } as const;

test.each([
  [{}, { ...classes, y: [0, 1] }, /y: expected 60 labels/],
  [{}, { ...classes, y: classes.y.map(() => 2) }, /y\[0\]: expected an integer in 0\.\.1/],
  [{}, { ...classes, classes: ["one"] }, /two classes/],
  [{}, { ...classes, classes: undefined }, /classes: expected a list of names/],
  [{}, { ...classes, sampleWeight: new Float64Array(60) }, /a positive sum/],
  [{}, { columns: { d: [] }, y: [], classes: ["no", "yes"] }, /at least one row/],
  [{}, { ...classes, columns: { ...columns, a: ["x"] } }, /column "a", row 0: expected a number/],
  [{}, { ...classes, columns: { ...columns, a: [1] } }, /columns\.b: expected 1 values/],
  [{ classWeights: [1] }, classes, /classWeights: expected 2 weights/],
  [{ classWeights: [0, 0] }, classes, /a class with rows and a weight above 0/],
  [{ categorical: ["e"] }, classes, /"e"/],
  [{ monotone: { e: 1 } }, classes, /monotone: expected names of columns, received "e"/],
  [{ monotone: { d: 1 } }, classes, /monotone: expected columns of numbers, received "d"/],
  [{ interactions: [["a", "e"]] }, classes, /interactions: expected names of columns/],
  [{ task: "regression" }, { columns, y: [1] }, /y: expected 60 numbers/],
  [{ task: "regression" }, { columns, y: y.map(() => Infinity) }, /y\[0\]: expected a finite number/],
  [{ task: "regression" }, { columns, y, sampleWeight: y.map(() => -1) }, /sampleWeight\[0\]/],
  [
    { task: "regression" },
    { columns, y, offset: new Float64Array(2) },
    /offset: expected a Float64Array of 60/,
  ],
  [{ task: "ranking" }, { ...grades, groupSizes: [10, 10] }, /groupSizes: expected a sum of 60/],
  [{ task: "ranking" }, { ...grades, groupSizes: [0, 60] }, /groupSizes\[0\]/],
  [{ task: "ranking" }, { ...grades, groupSizes: [70] }, /groupSizes\[0\]/],
  [{ task: "ranking" }, { ...grades, groupSizes: undefined }, /groupSizes: expected how many/],
  [{ task: "ranking" }, { ...grades, y: grades.y.map(() => 0) }, /a grade above 0/],
  [{ patience: 3 }, classes, /validation: expected rows, which patience needs/],
  [{ keep: "best" }, classes, /validation: expected rows/],
  [{ metric: "accuracy" }, classes, /validation: expected rows, which metric needs/],
] as const)("%j with rows that do not fit: %#", async (options, rows, says) => {
  const estimator = boostedTrees({ ...plain, ...options } as BoostedTreesOptions);
  await expect(estimator.fit(rows as never)).rejects.toThrow(says);
});

test("validation rows are held to the training rows", async () => {
  const fit = (validation: object) => boostedTrees(plain).fit(classes, { validation: validation as never });
  await expect(fit({ ...classes, classes: ["yes", "no"] })).rejects.toThrow(
    /validation: classes: expected no, yes/,
  );
  await expect(fit({ ...classes, columns: { a: columns.a } })).rejects.toThrow(/a column "b"/);
  await expect(fit({ ...classes, y: [1] })).rejects.toThrow(/validation: y/);
});

test("an objective's numbers must be what the task predicts", async () => {
  const objective = customObjective({ name: "one", task: "classification", derivatives() {} });
  const fit = boostedTrees({ ...plain, objective }).fit(classes);
  await expect(fit).rejects.toThrow(/outputs and a link that give 2 numbers a row, received 1/);
});
