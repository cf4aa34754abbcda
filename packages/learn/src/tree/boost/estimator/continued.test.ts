import { expect, test } from "vitest";
import { binTable } from "../../bin/bin-table.ts";
import { treeTable } from "../../bin/table-rows.ts";
import { treeEnsemble } from "../../model/ensemble.ts";
import { rawScores } from "../../model/raw-scores.ts";
import type { Tree } from "../../tree-ensemble.ts";
import { madeClasses, madeRows } from "../testing/made-rows.ts";
import { boostedTrees } from "./boosted-trees.ts";

const { columns, y } = madeRows(300, 4);
const held = madeRows(200, 5);
const small = { leaves: 6, minChildRows: 5, categorical: ["d"], categories: { minRows: 10 } } as const;

test.each([{}, { rowShare: 0.6, featureShare: 0.6 }, { goss: true, rate: 0.5 }] as const)(
  "two fits of ten rounds are one of twenty: %j",
  async (options) => {
    const regression = (rounds: number) => boostedTrees({ ...small, ...options, task: "regression", rounds });
    const half = await regression(10).fit({ columns, y });
    const both = await regression(10).fit({ columns, y }, { initial: half });
    const whole = await regression(20).fit({ columns, y });
    expect(both.ensemble).toEqual(whole.ensemble);
    expect(both.rounds).toBe(20);
    expect(both.curves.map(({ round }) => round)).toEqual(Array.from({ length: 10 }, (_, at) => 11 + at));
  },
);

test("several classes go on in turn, and validation rows with them", async () => {
  const rows = { columns, y: madeClasses(y, 3), classes: ["a", "b", "c"] };
  const validation = { columns: held.columns, y: madeClasses(held.y, 3), classes: ["a", "b", "c"] };
  const three = (rounds: number) => boostedTrees({ ...small, rounds });
  const half = await three(4).fit(rows, { validation });
  const both = await three(4).fit(rows, { initial: half.ensemble, validation });
  const whole = await three(8).fit(rows, { validation });
  expect(both.ensemble).toEqual(whole.ensemble);
  expect([...half.curves, ...both.curves]).toEqual(whole.curves);
});

/** A tree that another program may have made: zeros are missing, and a category of its own list. */
const stump: Tree = {
  feature: Int32Array.of(0, 1, -1, -1, -1),
  threshold: Float64Array.of(0.1, NaN, NaN, NaN, NaN),
  left: Int32Array.of(1, 2, -1, -1, -1),
  right: Int32Array.of(4, 3, -1, -1, -1),
  missingLeft: Uint8Array.of(1, 0, 0, 0, 0),
  set: Int32Array.of(-1, 0, -1, -1, -1),
  sets: [Uint32Array.of(2)],
  width: 1,
  value: Float64Array.of(0, 0, 3, -1, 1),
  count: Float64Array.of(9, 5, 2, 3, 4),
  weight: Float64Array.of(9, 5, 2, 3, 4),
  gain: Float64Array.of(5, 1, 0, 0, 0),
};
const imported = treeEnsemble({
  features: [
    { kind: "numeric", name: "b", zeroIsMissing: true },
    { kind: "categorical", name: "d", categories: ["grey", "red"] },
  ],
  trees: [stump],
  base: Float64Array.of(0.5),
});

test("a model of others goes on, with its categories, its missing zeros and new columns", async () => {
  const b = columns.b.map((value, row) => (row % 3 === 0 ? 0 : value));
  const rows = { columns: { ...columns, b }, y };
  const model = await boostedTrees({ ...small, task: "regression", rounds: 15, trainingLoss: true }).fit(
    rows,
    {
      initial: imported,
      validation: rows,
    },
  );
  expect(model.ensemble.features.map(({ name }) => name)).toEqual(["b", "d", "a", "c"]);
  expect(model.ensemble.features.slice(0, 2)).toEqual(imported.features);
  expect(model.ensemble.trees[0]).toEqual(stump);
  expect(model.ensemble.base).toEqual(imported.base);
  // The loss that was kept up along the way is that of the finished model on raw values.
  const found = model.predict(rows);
  const squares = y.reduce((sum, value, row) => sum + (value - found[row]!) ** 2, 0);
  expect(model.curves.at(-1)!.loss).toBeCloseTo(squares / y.length / 2, 9);
  expect(model.curves.at(-1)!.validationLoss).toBeCloseTo(squares / y.length / 2, 9);
  const before = rawScores(
    imported,
    treeTable({ columns: rows.columns, categorical: ["d"] }, imported.features),
  );
  const old = y.reduce((sum, value, row) => sum + (value - before.values[row]!) ** 2, 0);
  expect(squares).toBeLessThan(0.5 * old);
});

test("rows start at their offset, and the model leaves it out", async () => {
  const offset = columns.a.map((value) => 3 * value);
  const estimator = boostedTrees({ ...small, task: "regression", rounds: 30, rate: 0.3 });
  const model = await estimator.fit({ columns, y: y.map((value, row) => value + offset[row]!), offset });
  const same = await estimator.fit({ columns, y, offset: new Float64Array(300) });
  expect([...model.ensemble.base]).toEqual([0]);
  const [one, other] = [model.predict({ columns }), same.predict({ columns })];
  for (const [row, value] of one.entries()) expect(value).toBeCloseTo(other[row]!, 3);
});

test("rows in bins, as of a stream, give the model of their values", async () => {
  const estimator = boostedTrees({ ...small, task: "regression", rounds: 5 });
  const binned = binTable(treeTable({ columns, categorical: ["d"] }));
  const model = await estimator.fit({ binned, y }, { validation: { binned, y } });
  const usual = await estimator.fit({ columns, y }, { validation: { columns, y } });
  expect(model.ensemble).toEqual(usual.ensemble);
  expect(model.curves).toEqual(usual.curves);
  const others = binTable(treeTable({ columns: { ...columns, a: columns.b }, categorical: ["d"] }));
  const fit = estimator.fit({ binned, y }, { validation: { binned: others, y } });
  await expect(fit).rejects.toThrow(/rows in the bins of the training rows/);
  await expect(estimator.fit({ binned, y }, { initial: model })).rejects.toThrow(/rows with their values/);
});

test("models that cannot go on are refused", async () => {
  const estimator = boostedTrees({ ...small, task: "regression", rounds: 2 });
  const unsupported = expect.objectContaining({ code: "MODEL_UNSUPPORTED" });
  const average = treeEnsemble({ ...imported, average: true });
  await expect(estimator.fit({ columns, y }, { initial: average })).rejects.toThrow(unsupported);
  const rows = { columns, y: madeClasses(y, 3), classes: ["a", "b", "c"] };
  await expect(boostedTrees(small).fit(rows, { initial: imported })).rejects.toThrow(
    /a model of 3 scores a row/,
  );
});
