import { assert, double, integer, property, array, record } from "fast-check";
import { expect, test } from "vitest";
import { createResampler, type Resampled } from "./resample.ts";

const INTERVAL = 20;
const fresh = (channels = 1) => createResampler({ channels, rate: 50 });

/** All that comes of readings `[time, value]`. */
function resample(readings: readonly (readonly [number, number])[]): readonly Resampled[] {
  const resampler = fresh();
  return readings
    .map(([time, value]) => resampler.push(time, [value]))
    .filter((made): made is Resampled => made !== null);
}

/** Each even sample by its index. */
function samplesOf(parts: readonly Resampled[]): Map<number, number> {
  return new Map(parts.flatMap(({ start, values }) => [...values].map((value, at) => [start + at, value])));
}

test("readings that are even already come out as they are", () => {
  const readings = Array.from(
    { length: 100 },
    (_, index) => [1000 + index * 20, Math.fround(index / 7)] as const,
  );
  const made = samplesOf(resample(readings));
  expect([...made]).toEqual(readings.map(([, value], index) => [index, value]));
});

test("every grid point between two close readings is the straight line between them, whatever their times", () => {
  const step = record({
    wait: double({ min: 0.5, max: 79, noNaN: true }),
    value: integer({ min: -50, max: 50 }),
  });
  assert(
    property(array(step, { minLength: 2, maxLength: 60 }), (steps) => {
      let time = 5;
      const readings = steps.map(({ wait, value }) => [(time += wait), value] as const);
      const made = samplesOf(resample(readings));
      const [origin] = readings[0]!;
      for (const [index, value] of made) {
        const at = origin + index * INTERVAL;
        const after = readings.findIndex(([reading]) => reading >= at - 1e-6);
        const [to, right] = readings[after]!;
        const [from, left] = readings[Math.max(0, after - 1)]!;
        const wanted = to === from ? right : left + ((at - from) / (to - from)) * (right - left);
        expect(Math.abs(value - wanted)).toBeLessThan(1e-3);
      }
      const last = Math.floor((readings.at(-1)![0] - origin) / INTERVAL + 5e-7);
      expect([...made.keys()]).toEqual(Array.from({ length: last + 1 }, (_, index) => index));
    }),
    { numRuns: 300 },
  );
});

test("two seconds without readings are a hundred missing samples, and nothing is made up for them", () => {
  const before = Array.from({ length: 50 }, (_, index) => [index * 20, 1] as const);
  const after = Array.from({ length: 50 }, (_, index) => [2980 + index * 20, 5] as const);
  const parts = resample([...before, ...after]);
  const made = samplesOf(parts);
  expect(made.size).toBe(100);
  expect([...made.keys()][50]! - [...made.keys()][49]!).toBe(100);
  expect([...made.values()].filter((value) => value !== 1 && value !== 5)).toEqual([]);
});

test("readings out of order, repeated, of another width or not finite are left out and counted", () => {
  const resampler = fresh(2);
  expect(resampler.push(0, [1, 2])).toEqual({ start: 0, values: Float32Array.of(1, 2) });
  for (const [time, values] of [
    [0, [3, 4]],
    [-5, [3, 4]],
    [10, [3]],
    [10, [3, Number.NaN]],
    [Number.POSITIVE_INFINITY, [3, 4]],
  ] as const)
    expect(resampler.push(time, values)).toBeNull();
  expect(resampler.rejected()).toBe(5);
  expect(resampler.push(20, [3, 4])).toEqual({ start: 1, values: Float32Array.of(3, 4) });
});

test("a rate or width of nothing is refused", () => {
  for (const options of [
    { channels: 0, rate: 50 },
    { channels: 1, rate: 0 },
    { channels: 1, rate: 50, maxGapMs: 1 },
  ])
    expect(() => createResampler(options)).toThrow(/ARGUMENT_INVALID/);
});

test("a gap that ends between two grid points is not filled by the reading after it", () => {
  const made = samplesOf(
    resample([
      [0, 0],
      [10, 1],
      [490, 5],
      [500, 6],
      [520, 8],
    ]),
  );
  expect([...made]).toEqual([
    [0, 0],
    [25, 6],
    [26, 8],
  ]);
});

test("the reading before stands until the next one, and counts at its own time", () => {
  const resampler = createResampler({ channels: 1, rate: 50, method: "previous" });
  const made = [
    [0, 3],
    [30, 4],
    [40, 5],
    [70, 6],
  ].map(([time, value]) => [...(resampler.push(time!, [value!])?.values ?? [])]);
  expect(made).toEqual([[3], [3], [5], [5]]);
});

test("a gap of hours is a gap even where any gap may be filled", () => {
  const resampler = createResampler({ channels: 3, rate: 50, maxGapMs: Number.POSITIVE_INFINITY });
  resampler.push(0, [0, 0, 0]);
  expect(resampler.push(2000, [1, 1, 1])!.values.length).toBe(300);
  expect(resampler.push(1e12, [2, 2, 2])).toEqual({ start: 5e10, values: Float32Array.of(2, 2, 2) });
  expect(resampler.push(1e12 + 40, [4, 4, 4])!.values.length).toBe(6);
});
