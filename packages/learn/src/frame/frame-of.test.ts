import * as fc from "fast-check";
import { expect, test } from "vitest";
import { matrixOf } from "../matrix.ts";
import { frameOf, type PlainColumn } from "./frame-of.ts";
import { frameSchema } from "./frame.ts";
import { frameOfMatrix, toMatrix } from "./matrix-of-frame.ts";
import { renameColumns } from "./rename-columns.ts";
import { anyPlainColumns, cells } from "./testing/any-frame.ts";

test("kinds are those of the values, and what is not there is missing", () => {
  const rows = frameOf({
    a: [1, null, 2.5],
    b: [1n, undefined, -3n],
    c: [true, false, null],
    d: ["x", null, "x"],
    e: [new Date(1), null, new Date(0)],
    f: [new Uint8Array([1]), null, new Uint8Array()],
    g: [[1, 2], null, [3, 4]],
    h: [[1, 2], null, []],
    i: Float32Array.of(1, 2, 3),
    j: Uint16Array.of(1, 2, 3),
    k: [null, undefined, null],
    l: { kind: "time", name: "", values: Float64Array.of(1, 2, 3) },
    m: [Int32Array.of(1), Int32Array.of(), null],
  });
  expect(frameSchema(rows).map(({ kind }) => kind)).toEqual([
    "float",
    "integer",
    "boolean",
    "string",
    "time",
    "bytes",
    "vector",
    "series",
    "float",
    "integer",
    "float",
    "time",
    "series",
  ]);
  expect(cells(rows)).toEqual([
    [1, 1n, true, "x", 1000, [1], [1, 2], [1, 2], 1, 1, null, 1, [1]],
    [null, null, false, null, null, null, null, null, 2, 2, null, 2, []],
    [2.5, -3n, null, "x", 0, [], [3, 4], [], 3, 3, null, 3, null],
  ]);
});

test("any plain columns come back as they went in", () => {
  fc.assert(
    fc.property(anyPlainColumns(), (columns) => {
      const rows = frameOf(columns);
      const plain = (value: unknown) =>
        value instanceof Date ? value.getTime() * 1000 : value instanceof Uint8Array ? [...value] : value;
      for (const [at, [, values]] of Object.entries(columns).entries())
        expect(cells(rows).map((row) => row[at])).toEqual(
          Array.from(values as readonly unknown[], (value) => (Number.isNaN(value) ? null : plain(value))),
        );
    }),
    { numRuns: 60 },
  );
});

test("mistakes name column, row and value", () => {
  const of = (x: unknown) => () => frameOf({ x: x as PlainColumn });
  expect(of([1, "a"])).toThrow(/column "x", row 1: expected a number.*received the text "a"/u);
  expect(of(["a", 1])).toThrow(/row 1: expected a text.*received the number 1/u);
  expect(of([1, 2n])).toThrow(/received the bigint 2/u);
  expect(of([2n ** 63n])).toThrow(/64 bits/u);
  expect(of([new Date(Number.NaN)])).toThrow(/an invalid Date/u);
  expect(of([{ a: 1 }])).toThrow(/a value of Object/u);
  expect(of([[1, "2"]])).toThrow(/the text "2" at 1 of a list/u);
  expect(of("abc")).toThrow(/expected an array/u);
  expect(of(null)).toThrow(/received null/u);
  expect(of(new DataView(new ArrayBuffer(8)))).toThrow(/DataView/u);
  expect(() => frameOf({ x: [1], y: [1, 2] })).toThrow(/column "y": expected 1 rows/u);
});

test("columns become a matrix, and a matrix columns", () => {
  const rows = frameOf({
    a: [1, null],
    v: [
      [2, 3],
      [4, 5],
    ],
    b: [true, null],
    n: Int8Array.of(7, 8),
    s: ["x", "y"],
  });
  expect(toMatrix(rows, ["n", "v", "a", "b"])).toEqual(
    matrixOf([
      [7, 2, 3, 1, 1],
      [8, 4, 5, Number.NaN, Number.NaN],
    ]),
  );
  expect(toMatrix(rows, ["a"], { float32: true }).values).toBeInstanceOf(Float32Array);
  expect(() => toMatrix(rows)).toThrow(/column "s".*numbers/u);
  expect(() => toMatrix(rows, ["z"])).toThrow(/toMatrix.*"z"/u);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 1, max: 4 }), (count, width) => {
      const names = Array.from({ length: width }, (_, at) => `c${at}`);
      const values = Float64Array.from({ length: count * width }, (_, at) => at);
      const source = { rows: count, columns: width, values };
      expect(toMatrix(frameOfMatrix(source, names))).toEqual(source);
    }),
    { numRuns: 20 },
  );
  expect(() => frameOfMatrix(matrixOf([[1, 2]]), ["a"])).toThrow(/2 names/u);
  expect(() => frameOfMatrix(matrixOf([[1, 2]]), ["a", "a"])).toThrow(/each name once/u);
});

test("columns are renamed in their places", () => {
  const rows = frameOf({ a: [1], b: [2] });
  expect(renameColumns(rows, { a: "c" }).columns.map(({ name }) => name)).toEqual(["c", "b"]);
  expect(renameColumns(rows, { a: "b", b: "a" }).columns.map(({ name }) => name)).toEqual(["b", "a"]);
  expect(() => renameColumns(rows, { a: "b" })).toThrow(/each name once/u);
  expect(() => renameColumns(rows, { z: "b" })).toThrow(/"z"/u);
});
