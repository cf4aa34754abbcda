import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Column, Frame } from "../frame/column.ts";
import { frameOf } from "../frame/frame-of.ts";
import { sessionWindows } from "./session-windows.ts";
import { tumblingWindows } from "./tumbling-windows.ts";

interface Row {
  readonly key: number;
  readonly time: number;
}
const lists = fc.array(
  fc.record({ key: fc.integer({ min: 0, max: 2 }), time: fc.integer({ min: -40, max: 40 }) }),
  {
    minLength: 1,
    maxLength: 40,
  },
);
const inOrder = (list: readonly Row[]): readonly Row[] =>
  list.toSorted((left, right) => left.time - right.time);

function frameOfRows(list: readonly Row[]): Frame {
  return frameOf({
    key: Int32Array.from(list, ({ key }) => key),
    time: { kind: "time", name: "time", values: Float64Array.from(list, ({ time }) => time) },
    x: Float64Array.from(list, (_, row) => row),
  });
}

/** A frame as sorted texts of its rows. */
function texts({ columns, rows }: Frame): readonly string[] {
  const numbers = columns.map((column: Column) =>
    Array.from((column as { values: ArrayLike<number> }).values),
  );
  return Array.from({ length: rows }, (_, row) => numbers.map((list) => list[row]).join(" ")).sort();
}

const figures = { rows: { of: "count" }, sum: { of: "sum", column: "x" } } as const;

test("tumbling windows are the rows by key and by floored time, in any order of rows", () => {
  fc.assert(
    fc.property(fc.oneof(lists, lists.map(inOrder)), fc.integer({ min: 1, max: 9 }), (list, every) => {
      const sums = new Map<string, [number, number]>();
      for (const [row, { key, time }] of list.entries()) {
        const name = `${key} ${Math.floor((time - 2) / every) * every + 2}`;
        const [count, sum] = sums.get(name) ?? [0, 0];
        sums.set(name, [count + 1, sum + row]);
      }
      const made = tumblingWindows(frameOfRows(list), {
        by: ["key"],
        time: "time",
        every,
        origin: 2,
        figures,
      });
      expect(texts(made)).toEqual([...sums].map(([name, [rows, sum]]) => `${name} ${rows} ${sum}`).sort());
    }),
  );
});

test("a session goes on while rows follow each other by less than the gap", () => {
  fc.assert(
    fc.property(lists, fc.integer({ min: 1, max: 9 }), (list, gap) => {
      const made = [0, 1, 2].flatMap((key) => {
        const own = list.map(({ time, key: of }, row) => ({ time, of, row })).filter(({ of }) => of === key);
        const sessions: { time: number; end: number; rows: number; sum: number }[] = [];
        for (const { time, row } of own.toSorted((left, right) => left.time - right.time)) {
          const open = sessions.at(-1);
          if (open === undefined || time - open.end >= gap)
            sessions.push({ time, end: time, rows: 1, sum: row });
          else [open.end, open.rows, open.sum] = [time, open.rows + 1, open.sum + row];
        }
        return sessions.map(({ time, end, rows, sum }) => `${key} ${time} ${end} ${rows} ${sum}`);
      });
      expect(texts(sessionWindows(frameOfRows(list), { by: ["key"], time: "time", gap, figures }))).toEqual(
        made.sort(),
      );
    }),
  );
});

test("lengths that are none are refused", () => {
  const rows = frameOfRows([{ key: 1, time: 1 }]);
  expect(() => tumblingWindows(rows, { time: "time", every: 0.5, figures })).toThrow("0.5");
  expect(() => sessionWindows(rows, { time: "time", gap: 0, figures })).toThrow(
    /whole, positive microseconds/u,
  );
  expect(sessionWindows(rows, { time: "time", gap: 5, figures }).rows).toBe(1);
  expect(tumblingWindows(rows, { time: "time", every: 5, figures }).rows).toBe(1);
});
