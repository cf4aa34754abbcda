import * as fc from "fast-check";
import { expect, test } from "vitest";
import { columnKernels, MOST_SINGLES } from "./column-kernels.ts";
import { plainBounds } from "./numeric-bin.ts";
import { sortRoom } from "./sort-room.ts";
import { wasmBounds } from "./wasm-bound.ts";

const kernels = columnKernels()!;

test("bounds of any sample are those of the loops in TypeScript", () => {
  const room = sortRoom();
  const value = fc.oneof(
    fc.float(),
    fc.integer({ min: -20, max: 20 }),
    fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 3.4028234663852886e38, 1e-45),
  );
  const run = fc.tuple(value, fc.integer({ min: 1, max: 60 }));
  fc.assert(
    fc.property(
      fc.array(run, { maxLength: 60 }),
      fc.array(fc.float(), { maxLength: 300 }),
      fc.integer({ min: 2, max: 255 }),
      fc.integer({ min: 1, max: 9 }),
      fc.boolean(),
      (runs, others, bins, minRows, ofSingles) => {
        const all = [...runs.flatMap(([of, times]) => Array.from({ length: times }, () => of)), ...others];
        const options = { bins, minRows, ofSingles };
        for (const sample of [Float32Array.from(all), Float64Array.from(all, Math.fround)])
          expect(wasmBounds(kernels, sample, options)).toEqual(plainBounds(sample, options, room));
      },
    ),
  );
});

test("what float32 does not hold, and what is too large, is left to them", () => {
  const options = { bins: 8, minRows: 1, ofSingles: false };
  expect(wasmBounds(kernels, Float64Array.of(0.1, 0.2), options)).toBeUndefined();
  expect(wasmBounds(kernels, new Float32Array(MOST_SINGLES + 1), options)).toBeUndefined();
  const full = { ...kernels, grow: () => false };
  expect(wasmBounds(full, Float32Array.of(1, 2), options)).toBeUndefined();
  expect(wasmBounds(kernels, Float64Array.of(NaN, 1, 2), options)).toEqual(Float64Array.of(1.5, Infinity));
});
