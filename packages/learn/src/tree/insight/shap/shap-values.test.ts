import * as fc from "fast-check";
import { expect, test } from "vitest";
import { askedColumns, askedTable } from "../asked-column.ts";
import type { Cover } from "../cover.ts";
import { bruteShapley, expectedGame } from "../testing/brute-shapley.ts";
import { randomEnsemble } from "../testing/random-ensemble.ts";
import { largestDifference } from "../../../testing/largest-difference.ts";
import { shapValues } from "./shap-values.ts";

const options = fc.record({
  seed: fc.integer(),
  features: fc.integer({ min: 1, max: 6 }),
  outputs: fc.integer({ min: 1, max: 3 }),
  leaves: fc.integer({ min: 1, max: 24 }),
  forest: fc.boolean(),
  empty: fc.boolean(),
});

test("values are Shapley's over all coalitions, by either cover", () => {
  fc.assert(
    fc.property(options, fc.constantFrom<Cover>("count", "weight"), (form, cover) => {
      const { ensemble, table } = randomEnsemble({ ...form, rows: 3 });
      const { values, base } = shapValues(ensemble, table, { cover });
      const columns = askedColumns(ensemble, askedTable("test", ensemble, table));
      for (let row = 0; row < table.rows; row++) {
        for (let output = 0; output < ensemble.outputs; output++) {
          const game = expectedGame(
            ensemble,
            columns.map((column) => column[row]!),
            output,
            cover,
          );
          const at = (row * ensemble.outputs + output) * form.features;
          const ours = values.subarray(at, at + form.features);
          expect(largestDifference(ours, bruteShapley(game, form.features))).toBeLessThan(1e-11);
          expect(base[output]).toBeCloseTo(game(0), 11);
          const sum = ours.reduce((total, value) => total + value, base[output]!);
          expect(sum).toBeCloseTo(game((1 << form.features) - 1), 11);
        }
      }
    }),
    { numRuns: 150 },
  );
});
