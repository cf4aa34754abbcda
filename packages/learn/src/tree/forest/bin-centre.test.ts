import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cutBetween } from "./bin-centre.ts";

/** How far a cut is from the middle between two bins. */
function away(centre: Float64Array, low: number, high: number, bin: number): number {
  return Math.abs(centre[bin]! / 2 + centre[bin + 1]! / 2 - (centre[low]! / 2 + centre[high]! / 2));
}

/** The oracle looks at all cuts of the gap. */
function nearestCut(centre: Float64Array, low: number, high: number): number {
  let best = low;
  for (let bin = low + 1; bin < high; bin++)
    if (away(centre, low, high, bin) < away(centre, low, high, best)) best = bin;
  return best;
}

function gaps(value: fc.Arbitrary<number>) {
  return fc
    .tuple(fc.uniqueArray(value, { minLength: 2, maxLength: 30 }), fc.nat(), fc.nat())
    .map(([values, a, b]) => {
      const centre = Float64Array.from(values).sort();
      const low = a % (centre.length - 1);
      return { centre, low, high: low + 1 + (b % (centre.length - 1 - low)) };
    });
}

test("the cut between two bins is the nearest to the middle, of two as near the lower", () => {
  fc.assert(
    fc.property(gaps(fc.integer({ min: -40, max: 40 })), ({ centre, low, high }) => {
      expect(cutBetween(centre, low, high)).toBe(nearestCut(centre, low, high));
    }),
    { numRuns: 500 },
  );
  // Distances of numbers of all sizes are equal in float64 where their cuts are not.
  const any = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 });
  fc.assert(
    fc.property(gaps(any), ({ centre, low, high }) => {
      const cut = cutBetween(centre, low, high);
      expect(cut >= low && cut < high).toBe(true);
      const nearest = nearestCut(centre, low, high);
      expect(away(centre, low, high, cut)).toBe(away(centre, low, high, nearest));
    }),
    { numRuns: 500 },
  );
});
