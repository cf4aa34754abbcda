import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Objective } from "./lbfgs.ts";
import { lbfgs } from "./lbfgs.ts";
import { strongWolfe } from "./line-search.ts";
import { largestDifference } from "./testing/largest-difference.ts";

/** Rosenbrock's valley in any even number of dimensions; its minimum is 0 at (1, ..., 1). */
const valley: Objective = (x, g) => {
  let value = 0;
  for (let i = 0; i < x.length; i += 2) {
    const [a, b] = [x[i]!, x[i + 1]!];
    value += 100 * (b - a * a) ** 2 + (1 - a) ** 2;
    g[i] = -400 * a * (b - a * a) - 2 * (1 - a);
    g[i + 1] = 200 * (b - a * a);
  }
  return value;
};

test("it finds the bottom of Rosenbrock's valley", () => {
  const start = Float64Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? -1.2 : 1));
  const found = lbfgs(valley, start, { tolerance: 1e-9, decrease: 0, maxIterations: 500 });
  expect(found.reason).toBe("gradient");
  expect(found.iterations).toBeLessThan(80);
  expect(largestDifference(found.x, new Float64Array(20).fill(1))).toBeLessThan(1e-8);
  expect(start[0]).toBe(-1.2);
});

test("it solves convex quadratics of any conditioning and start", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.double({ min: -3, max: 3, noNaN: true }), fc.integer({ min: -5, max: 5 })), {
        minLength: 1,
        maxLength: 8,
      }),
      (axes) => {
        const curvature = axes.map(([exponent]) => 10 ** exponent);
        const bowl: Objective = (x, g) => {
          let value = 0;
          for (let i = 0; i < x.length; i++) {
            const off = x[i]! - axes[i]![1];
            g[i] = curvature[i]! * off;
            value += 0.5 * curvature[i]! * off * off;
          }
          return value;
        };
        const found = lbfgs(bowl, new Float64Array(axes.length), {
          tolerance: 1e-8,
          decrease: 0,
          maxIterations: 2000,
        });
        expect(found.gradientNorm).toBeLessThan(1e-6);
      },
    ),
    { seed: 5, numRuns: 60 },
  );
});

test("values never rise, progress is told, and two runs agree to the bit", () => {
  const values: number[] = [];
  const start = Float64Array.of(-1.2, 1);
  const run = () => lbfgs(valley, start, { onIteration: (state) => values.push(state.value) });
  const first = run();
  expect(values.length).toBe(first.iterations);
  for (let i = 1; i < values.length; i++) expect(values[i]!).toBeLessThan(values[i - 1]!);
  expect(run()).toEqual(first);
});

test("it says why it stopped", () => {
  const start = Float64Array.of(-1.2, 1);
  expect(lbfgs(valley, start, { maxIterations: 3 })).toMatchObject({ reason: "iterations", iterations: 3 });
  expect(lbfgs(valley, Float64Array.of(1, 1))).toMatchObject({ reason: "gradient", iterations: 0 });
  const broken: Objective = (x, g) => {
    g[0] = 1; // claims to fall to the left, but rises on both sides
    return Math.abs(x[0]!);
  };
  expect(lbfgs(broken, new Float64Array(1)).reason).toBe("line-search");
  expect(() => lbfgs(() => NaN, start)).toThrow(expect.objectContaining({ code: "ARGUMENT_INVALID" }));
});

test("the line search meets the strong Wolfe conditions, also past an overflow", () => {
  const f = (step: number) => (step > 50 ? Infinity : step ** 4 - 3 * step ** 3 + 2);
  const slope = (step: number) => 4 * step ** 3 - 9 * step ** 2 - 1e-3;
  const at = (step: number) => ({ step, value: f(step) - 1e-3 * step, slope: slope(step) });
  for (const first of [1e-3, 1, 10, 100]) {
    const point = strongWolfe(at, at(0), first)!;
    expect(point.value).toBeLessThanOrEqual(2 + 1e-4 * point.step * -1e-3);
    expect(Math.abs(point.slope)).toBeLessThanOrEqual(0.9 * 1e-3);
  }
});
