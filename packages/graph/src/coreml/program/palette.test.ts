import * as fc from "fast-check";
import { expect, test } from "vitest";
import { packedBits, paletteOf } from "./palette.ts";

const numbers = fc.float32Array({ minLength: 1, maxLength: 400, noNaN: true, min: -100, max: 100 });

test("a list of few different numbers is kept exactly", () => {
  const values = Float32Array.from({ length: 300 }, (_, at) => [0.5, -3, 0, 7.25][at % 4]!);
  const { table, places } = paletteOf(values, 16);
  expect(Float32Array.from(places, (place) => table[place]!)).toEqual(values);
});

test("every number gets its nearest one, and the table serves the list no worse than one of equal steps", () => {
  fc.assert(
    fc.property(numbers, (values) => {
      const { table, places } = paletteOf(values, 16);
      const error = (value: number, entry: number): number => (value - entry) ** 2;
      let [own, even] = [0, 0];
      const [low, high] = [Math.min(...values), Math.max(...values)];
      for (const [at, value] of values.entries()) {
        const nearest = Math.min(...Array.from(table, (entry) => error(value, entry)));
        expect(error(value, table[places[at]!]!)).toBeLessThanOrEqual(nearest * 1.0001 + 1e-6);
        own += nearest;
        even += error(
          value,
          low + (Math.round(((value - low) / (high - low || 1)) * 15) / 15) * (high - low),
        );
      }
      // Lloyd's rounds end in a good table, not always in the best one.
      expect(own).toBeLessThanOrEqual(2 * even + 1e-3);
    }),
    { seed: 4, numRuns: 60 },
  );
});

test("places are packed behind each other, the lowest bit first", () => {
  expect(Array.from(packedBits(Uint8Array.of(1, 2, 3), 4))).toEqual([0x21, 0x03]);
  expect(Array.from(packedBits(Uint8Array.of(63, 0, 1), 6))).toEqual([63, 0x10, 0]);
});
