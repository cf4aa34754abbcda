import { isTidelineError } from "@tideline/spec";
import { expect, test } from "vitest";
import type { Column } from "../frame/column.ts";
import { frame } from "../frame/frame.ts";
import { frameOf } from "../frame/frame-of.ts";
import * as c from "../learn-check.ts";

const q = { severity: "quarantine" } as const;
const keepOf = (column: Column, check: c.RangeCheck | c.OneOfCheck | c.RisingCheck): readonly number[] => {
  const given = frame([column]);
  const run = c.checkRun(c.checks({ columns: { x: [check] } }));
  return [...run.add(given).keep];
};
const wide = (...values: bigint[]): Column => ({
  kind: "integer",
  name: "x",
  values: BigInt64Array.from(values),
});
const unsigned = (...values: bigint[]): Column => ({
  kind: "integer",
  name: "x",
  values: BigUint64Array.from(values),
});
const texts = (...values: string[]): Column => frameOf({ x: values }).columns[0]!;
const BIG = 2n ** 53n;

test("64-bit integers and their texts are compared without rounding", () => {
  for (const column of [
    wide(BIG, BIG + 1n, 3n),
    unsigned(BIG, BIG + 1n, 3n),
    texts(`${BIG}`, `${BIG + 1n}`, "3"),
  ]) {
    expect(keepOf(column, c.range(-Infinity, 2 ** 53, q))).toEqual([1, 0, 1]);
    expect(keepOf(column, c.oneOf([2 ** 53, 3], q))).toEqual([1, 0, 1]);
    expect(keepOf(column, c.oneOf([`${BIG + 1n}`], q))).toEqual([0, 1, 0]);
  }
  expect(keepOf(wide(-BIG, -BIG - 1n), c.range(-(2 ** 53), Infinity, q))).toEqual([1, 0]);
  expect(keepOf(unsigned(2n ** 64n - 1n), c.range(0, 2 ** 64, q))).toEqual([1]);
});

test("the order of 64-bit integers is that of the integers", () => {
  expect(keepOf(wide(1n, BIG + 1n, BIG, BIG + 2n), c.rising(q))).toEqual([1, 1, 0, 1]);
  expect(keepOf(wide(BIG, BIG + 1n, BIG + 1n, BIG + 2n), c.rising({ strict: true, ...q }))).toEqual([
    1, 1, 0, 1,
  ]);
});

test("a list holds texts against its numbers, truths and times", () => {
  expect(keepOf(texts("1", "2.0", " 3", "x"), c.oneOf([1, 2, 3], q))).toEqual([1, 1, 1, 0]);
  expect(keepOf(texts("yes", "no", "1"), c.oneOf([true], q))).toEqual([1, 0, 1]);
  expect(keepOf(texts("1", "01"), c.oneOf(["1"], q))).toEqual([1, 0]);
  const time = frameOf({ x: [new Date("2026-01-01T00:00:00Z"), new Date(0)] }).columns[0]!;
  expect(keepOf(time, c.oneOf(["2026-01-01"], q))).toEqual([1, 0]);
});

test("a list of texts alone is refused for floats, and the kind is named", () => {
  const floats: Column = { kind: "float", name: "x", values: Float64Array.of(1, 2) };
  const refuse = () => keepOf(floats, c.oneOf(["1"], q));
  expect(refuse).toThrow(/a float column/u);
  let caught: unknown;
  try {
    refuse();
  } catch (error) {
    caught = error;
  }
  expect(isTidelineError(caught, "ARGUMENT_INVALID")).toBe(true);
  expect(keepOf(floats, c.oneOf(["1", 2], q))).toEqual([0, 1]);
});

test("times that are written as texts are fresh or not", () => {
  const set = c.checks({ columns: { x: [c.fresh({ within: "1d" })] } });
  const now = Date.parse("2026-03-02T00:00:00Z");
  const run = (...values: string[]) =>
    c.checkFrame(set, frame([texts(...values)]), { now }).report.findings[0]!;
  expect(run("2026-02-01", "2026-03-01T12:00:00Z", "n/a")).toMatchObject({ passed: true, value: 43_200_000 });
  expect(run("2026-02-01")).toMatchObject({ passed: false });
  expect(run("n/a")).toMatchObject({ passed: false, value: null });
});

test("a column that a source without rows lacks is missed all the same", async () => {
  const set = c.checks({ columns: { absent: [c.notMissing()], x: [c.finite()] } });
  const source = { schema: [{ name: "x", kind: "float" as const }], async *read() {} };
  let report: c.CheckReport | undefined;
  const checked = c.checkedSource(set, source, {
    onQuarantined: () => undefined,
    onReport: (one) => void (report = one),
  });
  for await (const _ of checked.read()) expect.fail("no rows");
  expect(report!.findings.map(({ column, passed }) => [column, passed])).toEqual([
    ["absent", false],
    ["x", true],
  ]);
  const combined = c.checks({ columns: { x: [c.unique({ with: ["absent"] })] } });
  expect(() => c.checkedSource(combined, source, { onQuarantined: () => undefined })).toThrow(/absent/u);
});
