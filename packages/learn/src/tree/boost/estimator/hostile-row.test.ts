import { expect, test } from "vitest";
import { binTable } from "../../bin/bin-table.ts";
import { treeTable } from "../../bin/table-rows.ts";
import type { BoostedTreesOptions } from "../boost-option.ts";
import { madeClasses, madeGrades, madeRows } from "../testing/made-rows.ts";
import { boostedTrees } from "./boosted-trees.ts";

const { columns, y } = madeRows(60, 9);
const numbers = { columns, y };
const classes = { columns, y: madeClasses(y, 2), classes: ["no", "yes"] };
const grades = { columns, ...madeGrades(y) };
const table = treeTable({ columns, categorical: ["d"] });
const binned = binTable(table);
const list = (row: number, label: unknown) => Array.from(y, (value, at) => (at === row ? label : value));
const plain = { rounds: 2, leaves: 4, minChildRows: 2, categorical: ["d"] } as const;
const regression = { task: "regression" } as const;

const fit = (options: object, rows: unknown, more?: unknown) =>
  boostedTrees({ ...plain, ...options } as BoostedTreesOptions).fit(rows as never, more as never);
const refused = (code: string, message: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

test.each([
  [regression, { ...numbers, y: list(3, null) }, /y\[3\]: expected a number, received null/],
  [regression, { ...numbers, y: list(5, "1") }, /y\[5\]: expected a number, received "1"/],
  [regression, { ...numbers, y: list(2, undefined) }, /y\[2\]: .*received undefined/],
  [regression, { ...numbers, y: list(2, true) }, /y\[2\]: .*received true/],
  [regression, { ...numbers, y: list(2, NaN) }, /y\[2\]: expected a finite number, received NaN/],
  [
    { ...regression, categorical: [] },
    { columns: { x: [1, 2, 3] }, y: Array(3) },
    /y\[0\]: .*received undefined/,
  ],
  [{ task: "ranking" }, { ...grades, y: list(1, null) }, /y\[1\]: expected a number, received null/],
  [
    regression,
    { y, binned: { ...binned, bins: [binned.bins[0]!.with(7, 255), ...binned.bins.slice(1)] } },
    /bins\.a\[7\]/,
  ],
])("data that is malformed: %#", async (options, rows, message) => {
  await expect(fit(options, rows)).rejects.toThrow(refused("DATA_MALFORMED", message));
});

test.each([
  [{}, null, /rows: expected { X }.*received null/],
  [{}, 7, /rows: .*received 7/],
  [{}, {}, /rows: expected { X } or { columns }/],
  [{}, { binned: null, y }, /binned\.rows/],
  [{}, { ...classes, y: null }, /y: expected 60 labels, received null/],
  [{}, { ...classes, sampleWeight: "x".repeat(60) }, /sampleWeight: expected 60 weights/],
  [{}, { ...classes, offset: null }, /offset: expected a Float64Array of 60, received null/],
  [regression, { ...numbers, y: null }, /y: expected 60 numbers.*received null/],
  [regression, { columns }, /y: expected 60 numbers.*received undefined/],
  [regression, { ...numbers, y: "5".repeat(60) }, /y: expected 60 numbers/],
  [regression, { ...numbers, y: new BigInt64Array(60) }, /received an object \(BigInt64Array\)/],
  [regression, { ...numbers, sampleWeight: Array(59).fill(1) }, /sampleWeight: expected 60 weights/],
  [regression, { ...numbers, sampleWeight: null }, /sampleWeight: .*received null/],
  [regression, { ...numbers, offset: null }, /offset: .*received null/],
  [regression, { ...numbers, offset: [1] }, /offset: .*received an object \(Array\)/],
  [regression, { ...table, rows: 61, y: [...y, 1] }, /columns\.a: expected 61 rows, received 60/],
  [regression, { rows: 60, columns: [table.columns[0], table.columns[0]], y }, /"a" twice/],
  [regression, { y: [...y, 1], binned: { ...binned, rows: 61 } }, /bins\.a: expected 61 rows/],
  [{ ...regression, categorical: ["a"] }, { ...table, y }, /categorical: .*received "a", of numbers/],
  [{ ...regression, categorical: ["e"] }, { ...table, y }, /categorical: .*"e", no such column/],
  [{ ...regression, categorical: ["e"] }, { binned, y }, /categorical: .*"e", no such column/],
  [
    { ...regression, bins: 15 },
    { binned, y },
    /bins: expected none, as the rows are in bins already, received 15/,
  ],
])("rows that are none, and options that come too late: %#", async (options, rows, message) => {
  await expect(fit(options, rows)).rejects.toThrow(refused("ARGUMENT_INVALID", message));
});

test("what goes with rows has a form, too", async () => {
  await expect(fit({}, classes, null)).rejects.toThrow(
    refused("ARGUMENT_INVALID", /options: expected an object/),
  );
  await expect(fit({}, classes, { validation: null })).rejects.toThrow(
    refused("ARGUMENT_INVALID", /validation: expected rows with labels, received null/),
  );
  const offset = new Float64Array(60);
  const validation = { ...numbers, offset };
  await expect(fit(regression, { ...numbers, offset }, { validation: numbers })).rejects.toThrow(
    refused("ARGUMENT_INVALID", /validation: offset: expected one, as the training rows have/),
  );
  await expect(fit(regression, numbers, { validation })).rejects.toThrow(
    refused("ARGUMENT_INVALID", /validation: offset: expected none/),
  );
  expect((await fit(regression, { ...numbers, offset }, { validation })).curves).toHaveLength(2);
});

test.each(["poisson", "tweedie"])("of %s, rows that are only looked at may all be 0", async (objective) => {
  const zeros = { columns, y: new Float64Array(60) };
  const counts = { columns, y: y.map(Math.abs) };
  const model = await fit({ ...regression, objective }, counts, { validation: zeros });
  expect(model.curves[1]!.validationLoss).toBeGreaterThan(0);
  const more = await fit({ ...regression, objective }, zeros, { initial: model });
  expect(more.ensemble.trees.slice(0, 2)).toEqual(model.ensemble.trees);
  await expect(fit({ ...regression, objective }, zeros)).rejects.toThrow(
    refused("NOT_ENOUGH_DATA", /a label above 0/),
  );
});

const own = { name: "mine", better: "lower", of: () => 1 };

test.each([
  [{ ...own, better: "less" }, /metric\.better: expected one of higher, lower, received less/],
  [{ name: "mine", of: own.of }, /metric\.better/],
  [{ ...own, of: 3 }, /metric\.of: expected a function/],
  [{ ...own, name: "" }, /metric\.name/],
  [{ ...own, tasks: "regression" }, /metric\.tasks/],
])("a metric that is none: %#", (metric, message) => {
  const make = () => boostedTrees({ metric } as unknown as BoostedTreesOptions);
  expect(make).toThrow(refused("DEFINITION_ILLEGAL", message));
});

test("a metric that gives nothing is not taken for one without an opinion", async () => {
  const metric = { ...own, of() {} };
  await expect(fit({ ...regression, metric, patience: 2 }, numbers, { validation: numbers })).rejects.toThrow(
    refused("TRAINING_DIVERGED", /round 1, metric .* received NaN/),
  );
});

test.each([
  [
    {},
    { ...classes, sampleWeight: y.map(() => 1e-300) },
    /ones that are 0.*Give the weights in another unit: the largest is 1e-300/,
  ],
  [regression, { ...numbers, sampleWeight: y.map(() => 1e-300) }, /Give the weights in another unit/],
  [
    regression,
    { ...numbers, y: y.map((label) => label * 1e-60) },
    /first ones that are 0.*give the labels in another unit/,
  ],
  [regression, { ...numbers, sampleWeight: y.map(() => 1e300) }, /Give the weights in another unit/],
  [regression, { ...numbers, sampleWeight: y.map(() => 1e308) }, /Give the weights in another unit/],
  [regression, { ...numbers, y: y.map((label) => label * 1e300) }, /give the labels in another unit/],
])("what single precision cannot hold is said, and what is at fault: %#", async (options, rows, message) => {
  await expect(fit(options, rows)).rejects.toThrow(refused("TRAINING_DIVERGED", message));
});

test("rows with nothing to learn end quietly", async () => {
  const flat = await fit(regression, { columns, y: y.map(() => 1e-60) });
  expect([flat.rounds, flat.ended]).toEqual([0, "noSplit"]);
});

test("options are taken as they stood", async () => {
  const interactions = [["a"]];
  const estimator = boostedTrees({ ...plain, task: "regression", interactions });
  interactions[0]!.push("nowhere");
  expect((await estimator.fit({ columns, y })).rounds).toBe(2);
});
