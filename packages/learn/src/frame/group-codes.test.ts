import * as fc from "fast-check";
import { expect, test } from "vitest";
import { aggregateGroups } from "./aggregate-groups.ts";
import { codeTable } from "./code-table.ts";
import { firstOfEach } from "./first-of-each.ts";
import { columnNamed, dropColumns } from "./frame.ts";
import { frameOf } from "./frame-of.ts";
import { groupCodes } from "./group-codes.ts";
import { joinFrames } from "./join-frames.ts";
import { numbersOf } from "./numbers-of.ts";
import { takeRows } from "./take-rows.ts";
import { anyFrame, cell, cells } from "./testing/any-frame.ts";

const KEYS = ["float", "single", "small", "whole", "truth", "text", "time"] as const;
const keyOf = (rows: Parameters<typeof cell>[0], names: readonly string[], row: number): string =>
  names.map((name) => String(cell(rows, name, row)).replace(/^-0$/u, "0")).join("|");
/** Frames whose rows repeat. */
const repeated = anyFrame(12).chain((rows) =>
  fc
    .array(fc.nat(Math.max(0, rows.rows - 1)), { maxLength: rows.rows === 0 ? 0 : 40 })
    .map((places) => takeRows(rows, places)),
);

test("groups are those of a map of texts, numbered by their first rows", () => {
  fc.assert(
    fc.property(repeated, fc.subarray([...KEYS], { minLength: 1 }), (rows, names) => {
      const { codes, count, first } = groupCodes(rows, names);
      const map = new Map<string, number>();
      const expected = Array.from({ length: rows.rows }, (_, row) => {
        const key = keyOf(rows, names, row);
        if (!map.has(key)) map.set(key, map.size);
        return map.get(key)!;
      });
      expect([...codes]).toEqual(expected);
      expect(count).toBe(map.size);
      expect([...first]).toEqual(Array.from(map.values(), (group) => expected.indexOf(group)));
    }),
    { numRuns: 100 },
  );
  expect(() => groupCodes(frameOf({ v: [[1, 2]] }), ["v"])).toThrow(/vector column/u);
  expect(() => groupCodes(frameOf({ v: [1] }), [])).toThrow(/at least one/u);
});

test("a table of codes knows each key again, however many there are", () => {
  const table = codeTable(1);
  for (const round of [0, 1])
    for (let key = 0; key < 50_000; key++) {
      if (table.codeOf(Math.imul(key, 7919), key >> 3) !== key) throw new Error(`round ${round}, key ${key}`);
    }
  expect(table.size).toBe(50_000);
});

test("of rows that agree the first, the last, the newest is kept", () => {
  const rows = frameOf({ user: ["a", "b", "a", null, null, "a"], time: [3, 1, null, 5, 4, 2] });
  expect([...firstOfEach(rows, ["user"])]).toEqual([0, 1, 3]);
  expect([...firstOfEach(rows, ["user"], { keep: "last" })]).toEqual([1, 4, 5]);
  expect([...firstOfEach(rows, ["user"], { by: "time" })]).toEqual([1, 4, 5]);
  expect([...firstOfEach(rows, ["user"], { by: "time", keep: "last" })]).toEqual([0, 1, 3]);
});

test("a row without a place in the order is chosen only of such rows", () => {
  const rows = frameOf({ user: [1, 1, 1, 2, 2, 3], time: [null, 5, null, null, null, 7] });
  expect([...firstOfEach(rows, ["user"], { by: "time", keep: "last" })]).toEqual([1, 4, 5]);
  expect([...firstOfEach(rows, ["user"], { by: "time" })]).toEqual([1, 3, 5]);
});

test("joins give what two loops give", () => {
  fc.assert(
    fc.property(
      repeated,
      fc.constantFrom("inner", "left"),
      fc.subarray([...KEYS], { minLength: 1 }),
      (all, how, on) => {
        const middle = Math.floor(all.rows / 2);
        const left = takeRows(
          all,
          Array.from({ length: middle }, (_, row) => row),
        );
        const right = takeRows(
          all,
          Array.from({ length: all.rows - middle }, (_, row) => middle + row),
        );
        const others = cells(dropColumns(right, on));
        const expected = cells(left).flatMap((row, at) => {
          const found = others.filter(
            (_, to) =>
              on.every((name) => cell(left, name, at) !== null) &&
              keyOf(left, on, at) === keyOf(right, on, to),
          );
          if (found.length === 0 && how === "left")
            return [[...row, ...right.columns.slice(on.length).map(() => null)]];
          return found.map((other) => [...row, ...other]);
        });
        expect(cells(joinFrames(left, right, { on, how: how as "inner" }))).toEqual(expected);
      },
    ),
    { numRuns: 100 },
  );
});

test("joins name what clashes", () => {
  const left = frameOf({ k: [1, 2], x: [1, 2] });
  const joined = joinFrames(left, frameOf({ k: [2, 2], x: [5, 6] }), { on: ["k"] });
  expect(joined.columns.map(({ name }) => name)).toEqual(["k", "x", "x_right"]);
  expect(cells(joined)).toEqual([
    [2, 2, 5],
    [2, 2, 6],
  ]);
  expect(() => joinFrames(left, frameOf({ k: ["2"] }), { on: ["k"] })).toThrow(/key "k".*float.*string/u);
  expect(() => joinFrames(left, frameOf({ k: [2], x: [5] }), { on: ["k"], suffix: "" })).toThrow(
    /each name once/u,
  );
  expect(() => joinFrames(left, left, { on: ["z"] })).toThrow(/left.*"z"/u);
});

test("figures of groups are those of their values", () => {
  const rows = frameOf({
    user: ["a", "b", "a", "c", "a"],
    x: [1, 5, null, null, 4],
    at: [new Date(5), new Date(1), new Date(2), null, null],
  });
  const of = (kind: "count" | "sum" | "mean" | "min" | "max" | "std", column = "x") => [
    ...numbersOf(columnNamed(aggregateGroups(rows, ["user"], { y: { of: kind, column } }), "y")),
  ];
  expect([...numbersOf(columnNamed(aggregateGroups(rows, ["user"], { n: { of: "count" } }), "n"))]).toEqual([
    3, 1, 1,
  ]);
  expect(of("count")).toEqual([2, 1, 0]);
  expect(of("sum")).toEqual([5, 5, 0]);
  expect(of("mean")).toEqual([2.5, 5, Number.NaN]);
  expect(of("min")).toEqual([1, 5, Number.NaN]);
  expect(of("max")).toEqual([4, 5, Number.NaN]);
  expect(of("std")).toEqual([Math.sqrt(4.5), Number.NaN, Number.NaN]);
  expect(aggregateGroups(rows, ["user"], { y: { of: "max", column: "at" } }).columns[1]).toMatchObject({
    kind: "time",
    values: Float64Array.of(5000, 1000, Number.NaN),
  });
  const tiny = frameOf({ k: ["a", "a", "a"], x: [1e16, 1, -1e16] });
  expect(aggregateGroups(tiny, ["k"], { s: { of: "sum", column: "x" } }).columns[1]).toMatchObject({
    values: Float64Array.of(1),
  });
  expect(() => aggregateGroups(rows, ["user"], { y: { of: "sum" } })).toThrow(/figure "y".*a column/u);
  expect(() => aggregateGroups(rows, ["user"], { user: { of: "count" } })).toThrow(/each name once/u);
});
