import * as fc from "fast-check";
import { expect, test } from "vitest";
import { enoughGain } from "./enough-gain.ts";
import { gainOfSums } from "./scan-boundary.ts";

const TWO_CLASSES = { classes: 0, gainScale: 2 };
const count = fc.integer({ min: 1, max: 1000 });
const share = fc.double({ min: 0, max: 1, noNaN: true });

test("two classes are parted no better than into pure sides", () => {
  fc.assert(
    fc.property(count, count, share, share, (zeros, ones, zerosLeft, onesLeft) => {
      const W = zeros + ones;
      const enough = enoughGain(TWO_CLASSES, Float64Array.of(W, ones), 9);
      expect(gainOfSums(W, ones, ones, ones)).toBeGreaterThanOrEqual(enough);
      expect(gainOfSums(W, ones, zeros, 0)).toBeGreaterThanOrEqual(enough);
      const s = Math.round(ones * onesLeft);
      const w = Math.round(zeros * zerosLeft) + s;
      const pure = (w === zeros && s === 0) || (w === ones && s === ones);
      if (w > 0 && w < W && !pure) expect(gainOfSums(W, ones, w, s)).toBeLessThan(enough);
    }),
  );
});

test("numbers and many classes are looked at to the end, two rows are not", () => {
  const total = Float64Array.of(5, 2);
  expect(enoughGain({ classes: 0, gainScale: 4 }, total, 5)).toBe(Infinity);
  expect(enoughGain({ classes: 3, gainScale: 1 }, total, 5)).toBe(Infinity);
  expect(enoughGain({ classes: 3, gainScale: 1 }, total, 2)).toBe(-Infinity);
});
