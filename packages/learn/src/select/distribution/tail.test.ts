import * as fc from "fast-check";
import { expect, test } from "vitest";
import { expectNear, vector } from "../testing/vector.ts";
import { digammaTable } from "./digamma.ts";
import { logBeta, logGamma } from "./log-gamma.ts";
import { tailOfBinomial, tailOfChiSquared, tailOfF, tailsOfStudent } from "./tail.ts";

const cases = vector<Record<"f" | "chiSquared" | "binomial" | "student", number[][]>>("distribution");

test("tails of distributions are SciPy's to 1e-9 of their size", () => {
  const near = (name: keyof typeof cases, of: (...given: number[]) => number) =>
    expectNear(
      cases[name].map((one) => of(...one.slice(0, -1))),
      cases[name].map((one) => one.at(-1)!),
      1e-11,
      name,
    );
  near("f", (f, between, within) => tailOfF(f!, between!, within!));
  near("chiSquared", (x, degrees) => tailOfChiSquared(x!, degrees!));
  near("binomial", (hits, trials, share) => tailOfBinomial(hits!, trials!, share!));
  near("student", (t, degrees) => tailsOfStudent(t!, degrees!));
});

test("tails have their ends", () => {
  expect([tailOfF(0, 2, 3), tailOfF(-1, 2, 3), tailOfF(Infinity, 2, 3)]).toEqual([1, 1, 0]);
  expect([tailOfChiSquared(0, 2), tailOfChiSquared(Infinity, 2)]).toEqual([1, 0]);
  expect([tailOfBinomial(0, 5, 0.5), tailOfBinomial(6, 5, 0.5)]).toEqual([1, 0]);
  expect([tailOfF(NaN, 2, 3), tailOfF(1, 0, 3), tailOfChiSquared(NaN, 2), tailOfChiSquared(1, 0)]).toEqual([
    NaN,
    NaN,
    NaN,
    NaN,
  ]);
});

test("a number with one degree of freedom is a square of Student's, and tails fall", () => {
  const degrees = fc.double({ min: 0.5, max: 1e5, noNaN: true });
  const value = fc.double({ min: 0, max: 1e4, noNaN: true });
  fc.assert(
    fc.property(value, value, degrees, degrees, (a, b, between, within) => {
      const [low, high] = [Math.min(a, b), Math.max(a, b)];
      const tails = [tailOfF(low, between, within), tailOfF(high, between, within)];
      expect(tails[0]! - tails[1]!).toBeGreaterThanOrEqual(-1e-12);
      for (const tail of tails) expect(tail).toSatisfy((p: number) => p >= 0 && p <= 1 + 1e-12);
      expect(tailOfChiSquared(low, between)).toBeGreaterThanOrEqual(tailOfChiSquared(high, between) - 1e-12);
    }),
    { numRuns: 200 },
  );
});

test("gamma, beta and digamma hold their recurrences", () => {
  for (const x of [0.1, 0.5, 1, 2, 3.7, 9.9, 10, 55.5, 1e6])
    expect(logGamma(x + 1) - logGamma(x)).toBeCloseTo(Math.log(x), 8);
  expect(logGamma(0.5)).toBeCloseTo(Math.log(Math.PI) / 2, 14);
  for (const [a, b] of [
    [0.5, 0.5],
    [0.5, 5e4],
    [12, 3e4],
    [30, 40],
  ] as const)
    // B(a + 1, b) = B(a, b) a / (a + b)
    expect(logBeta(a + 1, b) - logBeta(a, b)).toBeCloseTo(Math.log(a / (a + b)), 11);
  const table = digammaTable(1000);
  expect(table[1]).toBe(-0.5772156649015329);
  // The asymptotic series, M. Abramowitz and I. Stegun, 6.3.18.
  expect(table[1000]! - (Math.log(1000) - 1 / 2000 - 1 / 12e6)).toBeCloseTo(0, 12);
});
