import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { ColumnPlan } from "./column-part.ts";
import { dealColumns, turnsOf } from "./column-share.ts";

const planOf = (at: number): ColumnPlan => ({ name: `c${at}`, type: "double", chunks: [], mostTexts: 1 });

test("each column has one thread and its own plan, whether threads have columns of their own or take them as they are free", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(1000), { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 4 }),
      fc.boolean(),
      fc.infiniteStream(fc.nat(3)),
      (sizes, threads, atOnce, picks) => {
        const plans = sizes.map((_, at) => planOf(at));
        const shares = dealColumns(plans, sizes, threads, atOnce);
        expect(shares).toHaveLength(threads);
        const running = shares.map((share) => ({ share, turns: turnsOf(share) }));
        const taken: number[] = [];
        // Threads have their turns in any order.
        while (running.length > 0) {
          const pick = Number(picks.next().value) % running.length;
          const { share, turns } = running[pick]!;
          const { done, value: at } = turns.next();
          if (done === true) running.splice(pick, 1);
          else {
            expect(share.plans[at]).toBe(plans[share.places[at]!]);
            taken.push(share.places[at]!);
          }
        }
        expect(taken.toSorted((one, other) => one - other)).toEqual([...sizes.keys()]);
        // The largest come first where whoever is free takes them: threads end together.
        if (atOnce && threads > 1)
          expect(taken.map((at) => sizes[at]!)).toEqual(sizes.toSorted((one, other) => other - one));
      },
    ),
    { numRuns: 200 },
  );
});
