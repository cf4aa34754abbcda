import { describe, expect, test } from "vitest";
import type { EpochRecord } from "./curve.ts";
import { fillUniform } from "./noise.ts";
import { constantRate, cosineRate, oneCycleRate, plateauRate, stepRate, type Schedule } from "./schedule.ts";

const rates = ({ rate }: Schedule, steps: number) =>
  Array.from({ length: steps }, (_, step) => rate({ base: 2, step, steps, epoch: 0, curves: [] }));
const close = (found: readonly number[], wanted: readonly number[]) => {
  expect(found).toHaveLength(wanted.length);
  for (const [at, value] of wanted.entries()) expect(found[at]).toBeCloseTo(value, 10);
};

describe("schedules", () => {
  test("constant and step", () => {
    expect(rates(constantRate(), 3)).toEqual([2, 2, 2]);
    const { rate } = stepRate({ every: 2, factor: 0.5 });
    const at = (epoch: number) => rate({ base: 2, step: 0, steps: 9, epoch, curves: [] });
    expect([0, 1, 2, 3, 4].map(at)).toEqual([2, 2, 1, 1, 0.5]);
  });

  test("cosine warms up in a line and ends at its floor", () => {
    const half = (done: number) => 1 + Math.cos(Math.PI * done);
    close(rates(cosineRate({ warmUp: 0.4 }), 5), [1, 2, half(0), half(1 / 3), half(2 / 3)]);
    const low = cosineRate({ floor: 0.25 });
    expect(low.rate({ base: 2, step: 9, steps: 9, epoch: 0, curves: [] })).toBeCloseTo(0.5, 10);
  });

  test("one cycle goes from a part of the rate up to it and down to nearly nothing", () => {
    const found = rates(oneCycleRate({ peak: 0.5, start: 10, end: 100 }), 5);
    close(found, [0.2, 1.1, 2, 1.01, 0.02]);
  });

  test("plateau falls when nothing got better for a while, and waits again", () => {
    const schedule = plateauRate({ factor: 0.5, patience: 2, minDelta: 0.1, floor: 0.2 });
    const losses = [5, 4, 3.95, 4, 3.95, 3.96, 3, 3, 3, 3, 3];
    const curves = losses.map((loss, at): EpochRecord => ({ epoch: at + 1, loss, rate: 1, gradientNorm: 1 }));
    const at = (epoch: number) =>
      schedule.rate({ base: 2, step: 0, steps: 1, epoch, curves: curves.slice(0, epoch) });
    expect([2, 3, 4, 5, 6, 7, 8, 9, 11].map(at)).toEqual([2, 2, 1, 1, 0.5, 0.5, 0.5, 0.4, 0.4]);
    const seen = [{ ...curves[0]!, validationLoss: 1 }];
    expect(schedule.rate({ base: 2, step: 0, steps: 1, epoch: 1, curves: seen })).toBe(2);
  });

  test.each([
    [() => cosineRate({ warmUp: 2 }), /cosineRate: warmUp: expected a number in 0..1, received 2/],
    [() => oneCycleRate({ end: 0 }), /oneCycleRate: end: expected a finite number of at least 1/],
    [() => stepRate({ every: NaN }), /stepRate: every/],
    [() => plateauRate({ patience: 0 }), /plateauRate: patience/],
  ])("refuse what makes no sense", (make, says) => {
    expect(make).toThrow(says);
  });
});

test("noise is even, in [0, 1), the same for a seed and unrelated for the next", () => {
  const draw = (seed: number) => {
    const out = new Float32Array(20_000);
    fillUniform(out, seed);
    return out;
  };
  const [one, two] = [draw(7), draw(8)];
  expect(draw(7)).toEqual(one);
  const counts = new Int32Array(10);
  let product = 0;
  for (const [at, value] of one.entries()) {
    if (!(value >= 0 && value < 1)) expect(value).toBe("in [0, 1)");
    counts[Math.floor(value * 10)]! += 1;
    product += (value - 0.5) * (two[at]! - 0.5);
  }
  // Chi-squared of 9 degrees: above 27.9 once in a thousand seeds. A correlation's deviation is 1 / sqrt(20000).
  expect(counts.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0)).toBeLessThan(27.9);
  expect(Math.abs((product * 12) / 20_000)).toBeLessThan(4 / Math.sqrt(20_000));
});
