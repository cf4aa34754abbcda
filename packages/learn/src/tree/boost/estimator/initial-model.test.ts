import { expect, test } from "vitest";
import { treeEnsemble } from "../../model/ensemble.ts";
import type { TreeLink } from "../../model/tree-link.ts";
import { madeClasses, madeRows } from "../testing/made-rows.ts";
import { boostedTrees, type BoostFitOptions } from "./boosted-trees.ts";

const { columns, y } = madeRows(120, 14);
const small = { leaves: 4, minChildRows: 5, rounds: 3, categorical: ["d"] } as const;
const rows = { columns, y: madeClasses(y, 2), classes: ["no", "yes"] };
const numbers = { columns, y: y.map(Math.exp) };
const regression = (options: object = {}) => boostedTrees({ ...small, task: "regression", ...options });
const classifier = await boostedTrees(small).fit(rows);
const counter = await regression({ objective: "poisson" }).fit(numbers);
const imported = (link: TreeLink) => ({ ensemble: classifier.ensemble, link, objective: "binary" });

const unsupported = (message: RegExp) =>
  expect.objectContaining({ code: "MODEL_UNSUPPORTED", message: expect.stringMatching(message) });

test("trees of another scale are not added to", async () => {
  await expect(regression().fit(numbers, { initial: counter })).rejects.toThrow(
    unsupported(
      /initial\.link: expected identity, as of the objective squaredError, received exp, of the objective poisson/,
    ),
  );
  await expect(regression().fit(numbers, { initial: classifier })).rejects.toThrow(
    unsupported(/received logistic of scale 1/),
  );
  await expect(
    boostedTrees(small).fit(rows, { initial: imported({ kind: "logistic", scale: 2 }) }),
  ).rejects.toThrow(
    unsupported(/expected logistic of scale 1.*received logistic of scale 2, of the objective binary/),
  );
  const square = { ensemble: counter.ensemble, link: { kind: "square" }, objective: "" } as const;
  await expect(regression().fit(numbers, { initial: square })).rejects.toThrow(
    unsupported(/received square/),
  );
});

test("classes keep their order", async () => {
  const turned = { ...rows, y: rows.y.map((label) => 1 - label), classes: ["yes", "no"] };
  await expect(boostedTrees(small).fit(turned, { initial: classifier })).rejects.toThrow(
    unsupported(/initial\.classes: expected \["yes","no"\], received \["no","yes"\]/),
  );
});

test("models of one scale go on from one another, and bare trees from any", async () => {
  const same = imported({ kind: "logistic", scale: 1 });
  for (const initial of [classifier, same, classifier.ensemble, { ensemble: classifier.ensemble }])
    expect((await boostedTrees(small).fit(rows, { initial })).rounds).toBe(6);
  const more = await regression({ objective: "tweedie" }).fit(numbers, { initial: counter });
  expect(more.ensemble.trees.slice(0, 3)).toEqual(counter.ensemble.trees);
});

test.each([null, 7, {}, { ensemble: null }, []])("no model: %j", async (initial) => {
  const options = { initial } as unknown as BoostFitOptions<"classification">;
  await expect(boostedTrees(small).fit(rows, options)).rejects.toThrow(
    expect.objectContaining({
      code: "ARGUMENT_INVALID",
      message: expect.stringContaining("initial: expected a model"),
    }),
  );
});

test("with DART the trees of the model stay as they are; new ones learn beside them", async () => {
  const dart = (rounds: number) => regression({ rounds, dart: { skip: 0, rate: 0.5 } });
  const half = await dart(6).fit(numbers);
  const both = await dart(6).fit(numbers, { initial: half });
  expect(both.ensemble.trees.slice(0, 6)).toEqual(half.ensemble.trees);
  expect(both.rounds).toBe(12);
  const whole = await dart(12).fit(numbers);
  expect(whole.ensemble.trees.slice(0, 6)).not.toEqual(half.ensemble.trees);
});

test("with an offset two fits are one but for rounding", async () => {
  const offset = columns.a.map((value) => value / 3);
  const given = { columns, y, offset };
  const half = await regression().fit(given);
  const both = await regression().fit(given, { initial: half });
  const whole = await regression({ rounds: 6 }).fit(given);
  const [one, other] = [both.predict({ columns }), whole.predict({ columns })];
  for (const [row, value] of one.entries()) expect(value).toBeCloseTo(other[row]!, 3);
});

test("zeros are missing by one rule in training and in prediction", async () => {
  const initial = treeEnsemble({
    features: [{ kind: "numeric", name: "x", zeroIsMissing: true }],
    trees: [],
    base: Float64Array.of(1),
  });
  // 1e-36 is 0 where zeros are missing: it must not be told from it.
  const x = Float64Array.from({ length: 300 }, (_, row) => [0, 1e-36, 1][row % 3]!);
  const labels = x.map((value) => (value === 1e-36 ? 10 : 0));
  const model = await boostedTrees({ task: "regression", rounds: 30, rate: 0.5, trainingLoss: true }).fit(
    { columns: { x }, y: labels },
    { initial },
  );
  const found = model.predict({ columns: { x } });
  const squares = labels.reduce((sum, label, row) => sum + (label - found[row]!) ** 2, 0);
  expect(model.curves.at(-1)!.loss).toBeCloseTo(squares / 600, 9);
});
