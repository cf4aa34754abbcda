import * as fc from "fast-check";
import { expect, test } from "vitest";
import { castColumn, type CastKind } from "./cast-column.ts";
import { columnOfPlain, frameOf, type PlainColumn } from "./frame-of.ts";
import { numbersOf } from "./numbers-of.ts";
import { parseTimeText, timeText } from "./parse-text.ts";
import { cells } from "./testing/any-frame.ts";
import { frameOfTreeTable, treeTableOf } from "./tree-table-of.ts";

function cast(values: PlainColumn, kind: CastKind, per?: "s" | "ms" | "us") {
  const { column, failed, firstFailed } = castColumn(columnOfPlain("x", values), kind, per ? { per } : {});
  return {
    values: cells({ rows: (values as readonly unknown[]).length, columns: [column] }).flat(),
    failed,
    firstFailed,
  };
}

test("texts become numbers, truths and times; what is none is counted", () => {
  const float = cast(["1.5", " -2e3 ", "x", null, "0x10", "inf", ".5", "nan"], "float");
  expect(float).toEqual({
    values: [1.5, -2000, null, null, null, Infinity, 0.5, null],
    failed: 2,
    firstFailed: 2,
  });
  expect(cast(["12", "+3", "1.0", "9223372036854775807", "9223372036854775808"], "integer")).toEqual({
    values: [12n, 3n, null, 9223372036854775807n, null],
    failed: 2,
    firstFailed: 2,
  });
  expect(cast(["Yes", "0", "maybe"], "boolean")).toEqual({
    values: [true, false, null],
    failed: 1,
    firstFailed: 2,
  });
  expect(cast(["1970-01-02", "1970-01-01T00:00:01.5+01:00", "2023-02-30", "soon"], "time")).toEqual({
    values: [86_400_000_000, -3_598_500_000, null, null],
    failed: 2,
    firstFailed: 2,
  });
});

test("numbers, truths and times become each other where they can", () => {
  expect(cast([1, 2.5, null, 1e300], "integer")).toEqual({
    values: [1n, null, null, null],
    failed: 2,
    firstFailed: 1,
  });
  expect(cast([0, 1, 2], "boolean")).toEqual({ values: [false, true, null], failed: 1, firstFailed: 2 });
  expect(cast([1.5, null], "string").values).toEqual(["1.5", null]);
  expect(cast([true, null], "string").values).toEqual(["true", null]);
  expect(cast([true, false, null], "float").values).toEqual([1, 0, null]);
  expect(cast([2n ** 60n, null], "string").values).toEqual(["1152921504606846976", null]);
  expect(cast([5, null], "time", "s").values).toEqual([5_000_000, null]);
  expect(cast([new Date(1500), null], "float", "s").values).toEqual([1.5, null]);
  expect(cast([new Date(1500)], "integer", "ms").values).toEqual([1500n]);
  expect(cast([new Date(0)], "string").values).toEqual(["1970-01-01T00:00:00.000Z"]);
  expect(cast([1n, 0n, 2n], "boolean")).toEqual({ values: [true, false, null], failed: 1, firstFailed: 2 });
  expect(() => cast([[1, 2]], "float")).toThrow(/vector/u);
});

test("times written are read again, to the microsecond", () => {
  fc.assert(
    fc.property(fc.integer({ min: -62_135_596_800_000_000, max: Number.MAX_SAFE_INTEGER }), (micros) => {
      expect(parseTimeText(timeText(micros))).toBe(micros);
    }),
  );
});

test("64-bit integers become the nearest doubles", () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })), (values) => {
      const wide = BigInt64Array.from(values);
      expect([...numbersOf({ kind: "integer", name: "x", values: wide })]).toEqual(values.map(Number));
      const unsigned = BigUint64Array.from(values);
      const expected = Array.from(unsigned, Number);
      expect([...numbersOf({ kind: "integer", name: "x", values: unsigned })]).toEqual(expected);
    }),
  );
});

test("a frame is a table of trees, and back", () => {
  const rows = frameOf({
    a: [1, null],
    b: ["x", null],
    c: [
      [1, 2],
      [3, 4],
    ],
    d: Int8Array.of(1, 2),
    e: [true, null],
    f: [1n, null],
  });
  const table = treeTableOf(rows);
  expect(table.columns.map(({ name }) => name)).toEqual(["a", "b", "c[0]", "c[1]", "d", "e", "f"]);
  expect(cells(frameOfTreeTable(table))).toEqual([
    [1, "x", 1, 2, 1, 1, 1],
    [null, null, 3, 4, 2, null, null],
  ]);
  const odd = {
    rows: 2,
    columns: [{ kind: "categorical", name: "n", codes: Int32Array.of(0, 1), categories: [5, null] }],
  } as const;
  expect(cells(frameOfTreeTable(odd))).toEqual([[5], [null]]);
  expect(() => treeTableOf(frameOf({ s: [[1], [1, 2]] }))).toThrow(/series/u);
});
