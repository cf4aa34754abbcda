import { readFileSync } from "node:fs";
import { createCausalFilter, createResampler, type CausalFilter } from "@tideline/spec";
import { array, assert, double, integer, property, record } from "fast-check";
import { expect, test } from "vitest";
import { largestDifference } from "../../testing/largest-difference.ts";
import { butterworth, type ButterworthOptions } from "./butterworth.ts";
import {
  causalSavitzkyGolay,
  exponentialAverage,
  filterSeries,
  firstOrderLowPass,
  medianFilter,
  movingAverage,
} from "./filter-series.ts";
import { jerk, magnitude, splitGravity } from "./motion.ts";
import { resampleSeries } from "./resample-series.ts";
import { savitzkyGolay, savitzkyGolayTaps, type SavitzkyGolayOptions } from "./savitzky-golay.ts";

type Filtered = ButterworthOptions & { response: number[]; zero: number[]; settled: number[] };
interface Vectors {
  readonly series: number[];
  readonly filters: readonly Filtered[];
  readonly golay: readonly (SavitzkyGolayOptions & { values: number[]; last: number[] })[];
  readonly medians: readonly { size: number; values: number[] }[];
}

const file = new URL("../../../../../vectors/prepare/media/sensor.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as Vectors;
const series = Float64Array.from(vectors.series);

test("Butterworth filters are SciPy's: their response, and what they make of a series", () => {
  for (const { response, zero, settled, ...options } of vectors.filters) {
    const filter = butterworth(options);
    const made = response.map((_, at) => {
      const w = (Math.PI * at) / (response.length - 1);
      return filter.sections.reduce((gain, [b0, b1, b2, , a1, a2]) => {
        const size = (c0: number, c1: number, c2: number): number =>
          Math.hypot(c0 + c1 * Math.cos(w) + c2 * Math.cos(2 * w), c1 * Math.sin(w) + c2 * Math.sin(2 * w));
        return (gain * size(b0, b1, b2)) / size(1, a1, a2);
      }, 1);
    });
    expect([options.kind, options.order, largestDifference(made, response) < 1e-10]).toEqual([
      options.kind,
      options.order,
      true,
    ]);
    expect(largestDifference(filterSeries(series, filter, { from: "zero" }), zero)).toBeLessThan(1e-9);
    expect(largestDifference(filterSeries(series, filter), settled)).toBeLessThan(1e-9);
  }
});

test("Savitzky-Golay is SciPy's, in the middle and at the newest sample", () => {
  for (const { values, last, ...options } of vectors.golay) {
    // By the scale of the numbers: SciPy solves for powers of up to 10^8, and loses digits itself.
    const scale = Math.max(1, ...last.map(Math.abs));
    expect(largestDifference(savitzkyGolay(series, options), values)).toBeLessThan(1e-9 * scale);
    expect(largestDifference(savitzkyGolayTaps(options, options.size - 1), last)).toBeLessThan(1e-9 * scale);
    const causal = filterSeries(series, causalSavitzkyGolay(options));
    const at = options.size + 3;
    const wanted = last.reduce((sum, tap, k) => sum + tap * series[at - options.size + 1 + k]!, 0);
    expect(causal[at]).toBeCloseTo(wanted, 7);
  }
});

test("medians are NumPy's", () => {
  for (const { size, values } of vectors.medians)
    expect(largestDifference(filterSeries(series, medianFilter(size)), values)).toBeLessThan(1e-11);
});

const FILTERS: readonly CausalFilter[] = [
  firstOrderLowPass(0.3, 50),
  exponentialAverage(9),
  movingAverage(5),
  medianFilter(4),
  butterworth({ order: 3, kind: "lowpass", cutoff: 5, rate: 50 }),
];

test("what comes later changes nothing earlier, a missing number leaves no trace, a constant stays", () => {
  for (const filter of FILTERS) {
    const whole = filterSeries(series, filter);
    expect(filterSeries(series.subarray(0, 70), filter)).toEqual(whole.subarray(0, 70));
    const running = createCausalFilter(filter, 2);
    const pair = new Float64Array(2);
    for (const [t, x] of series.entries()) {
      pair.set([x, 7]);
      running.step(pair, 0);
      expect(pair[0]).toBe(whole[t]);
      expect(pair[1]).toBeCloseTo(7, 12);
      if (t % 9 === 4) {
        pair.fill(Number.NaN);
        running.step(pair, 0);
        expect(pair[0]).toBeNaN();
      }
    }
  }
});

test("filters that swing for ever, and cut-offs beyond the spectrum, are refused", () => {
  const run = (filter: unknown) => () => createCausalFilter(filter as CausalFilter, 1);
  expect(run({ kind: "sections", sections: [[1, 0, 0, 1, -2, 1]] })).toThrow(/stable.*DEFINITION_ILLEGAL/);
  expect(run({ kind: "smooth", alpha: 0 })).toThrow("DEFINITION_ILLEGAL");
  expect(run({ kind: "taps", taps: [Number.NaN] })).toThrow("DEFINITION_ILLEGAL");
  expect(run({ kind: "other" })).toThrow(/smooth, sections, taps or median/);
  expect(() => butterworth({ order: 2, kind: "lowpass", cutoff: 25, rate: 50 })).toThrow(
    /between 0 and 25 Hz/,
  );
  expect(() => butterworth({ order: 2, kind: "bandpass", cutoff: 5, rate: 50 })).toThrow(/2 rising/);
});

test("gravity and body add up; magnitude and jerk are what they say", () => {
  const three = Float64Array.from({ length: 90 }, (_, at) => Math.sin(at) + (at % 3 === 2 ? 9.81 : 0));
  const { gravity, body } = splitGravity(three, firstOrderLowPass(0.3, 50), 3);
  expect(
    largestDifference(
      body.map((part, at) => part + gravity[at]!),
      three,
    ),
  ).toBeLessThan(1e-12);
  expect([...magnitude([3, 4, 0, 0, 6, 8], 2)]).toEqual([5, 0, 10]);
  expect([...jerk([1, 10, 3, 10, 3, 12], 50, 2)]).toEqual([0, 0, 100, 0, 0, 100]);
  expect(() => magnitude([1, 2, 3], 2)).toThrow("ARGUMENT_INVALID");
});

test("an uneven series in one piece is what the device makes of its readings, by both methods", () => {
  const step = record({
    wait: double({ min: 1, max: 120, noNaN: true }),
    value: integer({ min: -9, max: 9 }),
  });
  assert(
    property(array(step, { minLength: 1, maxLength: 40 }), (steps) => {
      let time = 0;
      const times = Float64Array.from(steps, ({ wait }) => (time += wait));
      const values = Float64Array.from(steps, ({ value }) => value);
      for (const method of ["linear", "previous"] as const) {
        const { runs } = resampleSeries({ times, values, width: 1 }, { rate: 50, method });
        const device = createResampler({ channels: 1, rate: 50, method });
        const parts = steps.flatMap(({ value }, at) => device.push(times[at]!, [value]) ?? []);
        expect(runs.flatMap((run) => [...run.values])).toEqual(parts.flatMap((part) => [...part.values]));
        for (const { start, values: made } of runs)
          for (const [at, value] of made.entries()) {
            const place = times[0]! + (start + at) * 20;
            const near = times.findIndex((reading) => Math.abs(reading - place) < 1e-4);
            const after = near >= 0 ? near : times.findIndex((reading) => reading > place);
            const [to, from] = [times[after]!, times[after - 1] ?? -Infinity];
            const [right, left] = [values[after]!, values[after - 1] ?? 0];
            const between =
              method === "linear" ? left + ((place - from) / (to - from)) * (right - left) : left;
            // At a reading, less its tolerance, both sides are right.
            const fits = near >= 0 ? [left, right, values[near + 1] ?? right] : [between];
            expect(Math.min(...fits.map((one) => Math.abs(one - value)))).toBeLessThan(1e-3);
            expect(near >= 0 || to - from <= 80 + 1e-9).toBe(true);
          }
      }
    }),
  );
});
