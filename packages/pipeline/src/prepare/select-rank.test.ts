import * as fc from "fast-check";
import { expect, test } from "vitest";
import { selectRanks } from "./select-rank.ts";

test("values at ranks are those of the sorted numbers, whatever the pieces, ties and missing ones", async () => {
  const value = fc.oneof(
    fc.integer({ min: -3, max: 3 }),
    fc.double({ noDefaultInfinity: true, noNaN: true, min: -1e17, max: 1e17 }),
    fc.constant(Number.NaN),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(value, { maxLength: 12 }), { maxLength: 5 }),
      fc.nat(),
      async (pieces, seed) => {
        const sorted = pieces
          .flat()
          .filter((one) => !Number.isNaN(one))
          .sort((one, other) => one - other);
        const ranks = sorted.length === 0 ? [] : [0, sorted.length - 1, seed % sorted.length];
        const read = async function* () {
          for (const piece of pieces) yield Float64Array.from(piece);
        };
        let counted = -1;
        const found = await selectRanks(read, (count) => {
          counted = count;
          return ranks;
        });
        expect(counted).toBe(sorted.length);
        expect(found.map((one) => one + 0)).toEqual(ranks.map((rank) => sorted[rank]! + 0));
      },
    ),
    { numRuns: 12 },
  );
});
