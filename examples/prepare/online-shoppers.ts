/**
 * Visits to a shop, as rows from which to learn which end in a purchase.
 *
 *   npm run tideline -- prepare examples/prepare/online-shoppers.ts --out prepared-visits
 *
 * The visits are those of the public data set online-shoppers, beside the folder that TIDELINE_DATA names or in
 * `../shared/data`; where there is none, visits that are drawn at random stand for them.
 */
import { checks, count, notMissing, oneOf, range } from "@tideline/learn/check";
import {
  deduplicate,
  dropMissing,
  logTransformer,
  oneHotEncoder,
  rareGrouper,
  standardScaler,
  targetEncoder,
} from "@tideline/learn/transform";
import { prepare, table } from "@tideline/pipeline/prepare";
import { shopFile } from "./shop-file.ts";

const DURATIONS = ["Administrative_Duration", "Informational_Duration", "ProductRelated_Duration"];
const RATES = ["BounceRates", "ExitRates", "SpecialDay"];
const quarantine = { severity: "quarantine" } as const;

export const preparation = prepare({
  name: "online-shoppers",
  source: table(shopFile()),
  checks: {
    source: checks({
      columns: {
        ...Object.fromEntries(DURATIONS.map((name) => [name, [range(0, 100_000, quarantine)]])),
        ...Object.fromEntries(RATES.map((name) => [name, [range(0, 1, quarantine)]])),
        PageValues: [notMissing(quarantine), range(0, 10_000, quarantine)],
        VisitorType: [oneOf(["Returning_Visitor", "New_Visitor", "Other"], quarantine)],
      },
      rows: [count({ atLeast: 100 })],
    }),
    every: checks({ columns: { PageValues: [notMissing()] }, rows: [] }),
  },
  clean: [dropMissing({ columns: ["Revenue"] }), deduplicate()],
  split: { by: "row", test: 0.2, validation: 0.1, seed: 1 },
  steps: [
    logTransformer({ columns: [...DURATIONS, "PageValues"] }),
    standardScaler({ columns: [...DURATIONS, ...RATES, "PageValues", "ProductRelated"] }),
    rareGrouper({ columns: ["Month"], minFrequency: 50 }),
    targetEncoder({ columns: ["Month"] }),
    oneHotEncoder({ columns: ["VisitorType"] }),
  ],
  label: "Revenue",
});
