import * as fc from "fast-check";
import { expect, test } from "vitest";
import { formatBytes, formatDifference, formatFigure, formatPercent } from "./number.ts";
import { formatDuration, timeTicks } from "./time.ts";

/** Units are joined by a space at which no line breaks. */
const plain = (text: string): string => text.replaceAll("\u00a0", " ");

test("numbers carry their unit and no more figures than a person reads", () => {
  expect([0, 999, 1000, 48_213, 3_400_000].map((value) => plain(formatBytes(value)))).toEqual([
    "0 B",
    "999 B",
    "1 kB",
    "48.2 kB",
    "3.4 MB",
  ]);
  expect([0.9312, 1, null].map((value) => plain(formatPercent(value)))).toEqual(["93.1 %", "100.0 %", "–"]);
  expect([0, 3.21e-7].map(formatDifference)).toEqual(["0", "3.2e-7"]);
  expect(["l2", 0.1, 0.000123, 12345.6].map(formatFigure)).toEqual(["l2", "0.1", "1.23e-4", "12,350"]);
});

test("durations use their two largest units", () => {
  expect(
    [38, 1400, 42_000, 65_000, 7_500_000, 90_000_000].map((value) => plain(formatDuration(value))),
  ).toEqual(["38 ms", "1.4 s", "42 s", "1 min 5 s", "2 h 5 min", "1 d 1 h"]);
});

test("ticks of time are within the axis, evenly apart and never too many", () => {
  const at = fc.integer({ min: 1_600_000_000_000, max: 1_900_000_000_000 });
  const span = fc.integer({ min: 1, max: 400 * 86_400_000 });
  fc.assert(
    fc.property(at, span, fc.integer({ min: 2, max: 8 }), (from, length, most) => {
      const ticks = timeTicks(from, from + length, most);
      expect(ticks.length).toBeLessThanOrEqual(most + 1);
      expect(ticks.every((tick) => tick >= from && tick <= from + length)).toBe(true);
      const gaps = new Set(ticks.slice(1).map((tick, index) => tick - ticks[index]!));
      expect(gaps.size).toBeLessThanOrEqual(1);
    }),
  );
});
