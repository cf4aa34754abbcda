import { describe, expect, test } from "vitest";
import { matrix, matrixOf } from "../../matrix.ts";
import type { TreeFeature } from "../tree-ensemble.ts";
import { categoryList, MOST_CATEGORIES } from "./category-codes.ts";
import { treeTable, type TreeRows } from "./table-rows.ts";

test("typed arrays are taken as they are, lists become numbers and codes", () => {
  const age = Float32Array.of(1, NaN, 3);
  const hour = Uint8Array.of(0, 23, 5);
  const codes = Int32Array.of(1, -1, 0);
  const table = treeTable({
    columns: {
      age,
      hour,
      height: [1, null, undefined],
      member: [true, false, null],
      country: ["de", undefined, "fr"],
      plan: [7, "7", NaN],
      device: { codes, categories: ["phone", "tablet"] },
    },
    categorical: ["country", "plan"],
  });
  expect(table.rows).toBe(3);
  expect(table.columns.map(({ name }) => name)).toEqual([
    "age",
    "hour",
    "height",
    "member",
    "country",
    "plan",
    "device",
  ]);
  const [first, second, height, member, country, plan, device] = table.columns;
  expect(first).toEqual({ kind: "numeric", name: "age", values: age });
  expect((first as { values: unknown }).values).toBe(age);
  expect((second as { values: unknown }).values).toBe(hour);
  expect(height).toMatchObject({ values: Float64Array.of(1, NaN, NaN) });
  expect(member).toMatchObject({ values: Float64Array.of(1, 0, NaN) });
  expect(country).toMatchObject({ codes: Int32Array.of(0, -1, 1), categories: ["de", "fr"] });
  expect(plan).toMatchObject({ codes: Int32Array.of(0, 1, -1), categories: [7, "7"] });
  expect((device as { codes: unknown }).codes).toBe(codes);
});

test("a matrix is cut into columns of its own type, whatever its size", () => {
  const [rows, columns] = [1000, 7];
  const X = matrix(
    rows,
    columns,
    Float32Array.from({ length: rows * columns }, (_, at) => at),
  );
  const table = treeTable({ X });
  expect(table.columns.map(({ name }) => name)).toEqual(["f0", "f1", "f2", "f3", "f4", "f5", "f6"]);
  for (const [column, { ...given }] of table.columns.entries()) {
    expect(given).toMatchObject({
      values: Float32Array.from({ length: rows }, (_, row) => row * columns + column),
    });
  }
  const named = treeTable({
    X: matrixOf([
      [1, -0],
      [2, 65536],
      [1, 0],
    ]),
    names: ["a", "b"],
    categorical: ["b"],
  });
  expect(named.columns[0]).toMatchObject({ name: "a", values: Float64Array.of(1, 2, 1) });
  expect(named.columns[1]).toMatchObject({ codes: Int32Array.of(0, 1, 0), categories: [0, 65536] });
});

const features: readonly TreeFeature[] = [
  { kind: "categorical", name: "country", categories: ["fr", "de"] },
  { kind: "numeric", name: "age" },
];

test("with features the model's columns come in its order and codes", () => {
  const columns = { age: [1, 2, 3, 4], other: ["x", "x", "x", "x"], country: ["de", "nl", null, "fr"] };
  const country = Int32Array.of(1, -1, -1, 0);
  const asked = treeTable({ columns }, features);
  expect(asked.columns.map(({ name }) => name)).toEqual(["country", "age"]);
  expect(asked.columns[0]).toMatchObject({ codes: country, categories: ["fr", "de"] });
  const table = treeTable({ columns, categorical: ["country", "other"] });
  expect(treeTable(table)).toBe(table);
  expect(treeTable(table, features)).toEqual(asked);
  const numbers: readonly TreeFeature[] = [
    { kind: "numeric", name: "b" },
    { kind: "numeric", name: "a" },
  ];
  const X = matrixOf([[1, 2]]);
  expect(treeTable({ X }, numbers).columns.map((column) => column.name)).toEqual(["b", "a"]);
  expect(treeTable({ X, names: ["a", "b"] }, numbers).columns).toMatchObject([
    { name: "b", values: Float64Array.of(2) },
    { name: "a", values: Float64Array.of(1) },
  ]);
});

describe("what is wrong is named", () => {
  const values = (value: unknown, categorical?: string[]) =>
    ({ columns: { a: [1, value] }, categorical }) as unknown as TreeRows;
  const of = (value: unknown) => ({ columns: { a: value } }) as unknown as TreeRows;
  const X = matrixOf([[1, 2]]);
  test.each([
    [values("x"), 'column "a", row 1: expected a number, or none, received "x"', "DATA_MALFORMED"],
    [values(3n), "row 1: expected a number, or none, received the BigInt 3n", "DATA_MALFORMED"],
    [values(new Date(0)), "(Date). Convert it by getTime()", "DATA_MALFORMED"],
    [values({}), "received an object (Object)", "DATA_MALFORMED"],
    [values({}, ["a"]), 'column "a", row 1: expected a text', "DATA_MALFORMED"],
    [values(Infinity, ["a"]), "received Infinity", "DATA_MALFORMED"],
    [values(2n, ["a"]), "received the BigInt 2n", "DATA_MALFORMED"],
    [of(new BigInt64Array(2)), "received an object (BigInt64Array)", "ARGUMENT_INVALID"],
    [
      of("text"),
      'columns.a: expected an array, a typed array of up to 32 bits an integer, or codes, received "text"',
      "ARGUMENT_INVALID",
    ],
    [of(undefined), "received undefined", "ARGUMENT_INVALID"],
    [of({ codes: [1], categories: ["x"] }), "codes in an Int32Array", "ARGUMENT_INVALID"],
    [
      { columns: { a: [1], b: [1, 2] } },
      'columns.b: expected 1 values, as in "a", received 2',
      "ARGUMENT_INVALID",
    ],
    [{ columns: {} }, "at least one column", "ARGUMENT_INVALID"],
    [
      { columns: { a: [1] }, categorical: ["b"] },
      'categorical: expected names of columns, received "b"',
      "ARGUMENT_INVALID",
    ],
    [{ X, names: ["a"] }, "names: expected 2 names, received 1", "ARGUMENT_INVALID"],
    [{ X, names: ["a", "a"] }, 'names: expected each name once, received "a"', "ARGUMENT_INVALID"],
    [{ X: { rows: 2, columns: 2, values: new Float64Array(3) } }, "2 x 2", "ARGUMENT_INVALID"],
    [null as unknown as TreeRows, "{ X } or { columns }, received null", "ARGUMENT_INVALID"],
    [{ X: undefined } as unknown as TreeRows, "{ X } or { columns }, received neither", "ARGUMENT_INVALID"],
    [{} as TreeRows, "{ X } or { columns }", "ARGUMENT_INVALID"],
  ])("%#", (rows, message, code) => {
    expect(() => treeTable(rows)).toThrow(message);
    expect(() => treeTable(rows)).toThrow(expect.objectContaining({ code }));
  });
  test("columns of a model", () => {
    expect(() => treeTable({ columns: { age: [1] } }, features)).toThrow(
      'a column "country", received no such column',
    );
    expect(() => treeTable({ X }, features.slice(1))).toThrow("X: expected 1 columns, received 2");
    const coded = { codes: new Int32Array(1), categories: ["x"] };
    expect(() => treeTable({ columns: { age: coded, country: ["de"] } }, features)).toThrow(
      "codes of categories",
    );
  });
  test("identifiers are no categories", () => {
    const full = categoryList(Array.from(new Uint8Array(MOST_CATEGORIES), String));
    expect(full.add("treeTable", "id", "0")).toBe(0);
    expect(() => full.add("treeTable", "id", "y")).toThrow(
      'column "id": expected at most 1048576 different categories',
    );
  });
});
