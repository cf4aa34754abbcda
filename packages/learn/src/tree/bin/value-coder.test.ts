import * as fc from "fast-check";
import { expect, test } from "vitest";
import { columnKernels } from "./column-kernels.ts";
import { plainCoder, valueCoder } from "./value-coder.ts";
import { valueGrid } from "./value-grid.ts";

function expectCodes(upper: Float64Array, values: Float64Array): void {
  for (const given of [values, new Float32Array(values)]) {
    const want = Array.from(given, (value) =>
      Number.isNaN(value) ? upper.length : upper.findIndex((bound) => value <= bound),
    );
    for (const coder of [plainCoder(upper), valueCoder(upper)]) {
      const codes = new Uint8Array(given.length);
      expect(coder(given, codes)).toBe(want.includes(upper.length));
      expect([...codes]).toEqual(want);
    }
  }
}

const uppers = (bounds: Iterable<number>) =>
  Float64Array.from(
    [...new Set([...bounds].map((bound) => bound || 0))].sort((a, b) => a - b).concat(Infinity),
  );

test("any bounds at all, and the values at them and beside them", () => {
  const magnitude = fc.integer({ min: -1074, max: 1023 }).map((power) => 2 ** power);
  const bound = fc.oneof(
    fc.double({ noNaN: true, max: Number.MAX_VALUE }),
    magnitude,
    magnitude.map((value) => -value),
    fc.double({ min: 1, max: 1 + 1e-12, noNaN: true }),
    fc.constant(-Infinity),
  );
  fc.assert(
    fc.property(fc.array(bound, { maxLength: 254 }), fc.float64Array(), (bounds, others) => {
      const upper = uppers(bounds);
      const beside = [...upper].flatMap((value) => [
        value,
        value * (1 - 2 ** -53),
        value * (1 + 2 ** -52),
        -value,
      ]);
      expectCodes(upper, Float64Array.from([...beside, ...others, -0, NaN, -Infinity]));
    }),
    { numRuns: 60 },
  );
});

test("both kinds of grid, and bounds that neither parts", () => {
  const even = uppers(Array.from({ length: 200 }, (_, at) => at / 7));
  const bits = uppers(Array.from({ length: 200 }, (_, at) => (at - 100) * 10 ** Math.abs(at - 100)));
  const neither = uppers([...Array.from({ length: 100 }, (_, at) => 1e9 + at * 1e-6), -1e300, 1e300]);
  expect([even, bits, neither].map((upper) => valueGrid(upper.subarray(0, -1))?.kind)).toEqual([
    "even",
    "bits",
    undefined,
  ]);
  for (const upper of [even, bits, neither])
    expectCodes(upper, Float64Array.from([...upper, 0, -0, 0.5, 1e9, NaN, 3e300]));
  // A stored bound of -0 is 0.
  expectCodes(
    bits.map((bound) => (bound === 0 ? -0 : bound)),
    Float64Array.of(0, -0, 5e-324, -5e-324),
  );
});

test("kernels are here, and coders that take turns do not disturb each other", () => {
  expect(columnKernels()).toBeDefined();
  const [one, other] = [uppers([1, 2]), uppers([0.5])].map(valueCoder);
  const codes = new Uint8Array(3);
  const values = Int32Array.of(1, 2, 3);
  for (let turn = 0; turn < 2; turn++) {
    one!(values, codes);
    expect([...codes]).toEqual([0, 1, 2]);
    other!(values, codes);
    expect([...codes]).toEqual([1, 1, 1]);
  }
});
