import { expect, test } from "vitest";
import { keepsHalf } from "./half-range.ts";

const rows = (
  ...values: readonly number[]
): { readonly values: Float32Array; readonly dims: readonly number[] } => ({
  values: Float32Array.from(values),
  dims: [2, values.length / 2],
});

test("a channel of small numbers does not keep in half precision, zeros do", () => {
  expect(keepsHalf(rows(0.5, 0.25, 1e-7, 2e-7))).toBe(false);
  expect(keepsHalf(rows(0.5, 0.25, 0, 0))).toBe(true);
});

test("what a computed sine leaves of a zero is one", () => {
  const waves = Float32Array.from({ length: 128 * 128 }, (_, at) => {
    const [time, wave] = [at >> 7, at & 127];
    return wave < 64 ? Math.cos((Math.PI * time * wave) / 64) : Math.sin((Math.PI * time * (wave - 63)) / 64);
  });
  // The last: the sine at half of the rate.
  expect(waves[64 * 128 + 127]).not.toBe(0);
  expect(keepsHalf({ values: waves, dims: [128, 128] })).toBe(true);
  // As large a share of a tensor as this is a number of its own.
  expect(keepsHalf(rows(1, 0.5, 1e-10, 1e-10))).toBe(false);
});

test("numbers beyond half precision, or none at all, do not keep", () => {
  for (const odd of [70_000, Infinity, Number.NaN]) expect(keepsHalf(rows(odd, 1, 1, 1))).toBe(false);
  expect(keepsHalf(rows(Infinity, 1, 1e-7, 1e-7))).toBe(false);
});
