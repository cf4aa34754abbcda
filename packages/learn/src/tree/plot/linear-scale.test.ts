import { expect, test } from "vitest";
import { linearScale } from "./linear-scale.ts";
import { shortNumber } from "./short-number.ts";

test("scales end at round values around the range, ticks are apart by 1, 2 or 5", () => {
  expect(linearScale(0, 7.3, [0, 100]).ticks).toEqual([0, 2, 4, 6, 8]);
  expect(linearScale(-0.03, 0.04, [0, 100]).ticks).toEqual([-0.04, -0.02, 0, 0.02, 0.04]);
  expect(linearScale(5, 5, [0, 100]).ticks.length).toBeGreaterThan(1);
  for (const [low, high] of [
    [1e6, 1e6 + 1.2e-10],
    [0, 5e-324],
    [1e300, 1e300],
    [-1e300, 1e300],
  ] as const) {
    const { ticks, place } = linearScale(low, high, [0, 100]);
    expect(ticks.length).toBeLessThan(12);
    for (const x of [...ticks, low, high]) expect(place(x)).toSatisfy(Number.isFinite);
  }
  for (const [low, high] of [
    [0, Infinity],
    [-1e308, 1e308],
    [NaN, NaN],
  ] as const)
    expect(() => linearScale(low, high, [0, 1])).toThrow(/plot: values: expected finite.*ARGUMENT_INVALID/);
  const { place } = linearScale(0, 10, [100, 0]);
  expect([place(0), place(5), place(10)]).toEqual([100, 50, 0]);
});

test("numbers are told in few characters", () => {
  const numbers = [0, -0, 1234.56, 12345, 2e7, 1e-5, -0.25, NaN, -Infinity, 0.00012345678];
  const short = ["0", "0", "1235", "12345", "2e7", "1e-5", "-0.25", "", "-Infinity", "1.235e-4"];
  expect(numbers.map((number) => shortNumber(number))).toEqual(short);
  expect(shortNumber(1_700_000_000_123, { whole: 1e15 })).toBe("1700000000123");
  expect(shortNumber(0.123456789, { digits: 5 })).toBe("0.12346");
});
