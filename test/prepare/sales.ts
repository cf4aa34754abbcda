import { checks, finite, notMissing, oneOf, pattern, range, unique } from "@tideline/learn/check";
import { calendarFeatures, oneHotEncoder, simpleImputer, standardScaler } from "@tideline/learn/transform";
import { prepare, table } from "@tideline/pipeline/prepare";

const quarantine = { severity: "quarantine" } as const;

/** The preparation of the table that SALES names, for processes that tests start. */
export const preparation = prepare({
  name: "sales",
  source: table(process.env["SALES"] ?? "", {
    schema: [
      { name: "id", kind: "integer" },
      { name: "shop", kind: "string" },
      { name: "price", kind: "float" },
      { name: "units", kind: "integer" },
      { name: "sold", kind: "time" },
      { name: "mail", kind: "string" },
    ],
  }),
  checks: {
    source: checks({
      columns: {
        id: [unique(quarantine)],
        shop: [notMissing(quarantine), oneOf(["Bonn", "Ulm", "Köln", "東京"], quarantine)],
        price: [range(0, 1000, quarantine), finite(quarantine)],
        mail: [pattern(/^[^@ ]+@[^@ ]+$/u, quarantine)],
      },
      rows: [],
    }),
    every: checks({ columns: { units: [finite()] }, rows: [] }),
  },
  split: { by: "group", column: "mail", test: 0.2, validation: 0.1 },
  beside: ["id", "mail"],
  steps: [
    simpleImputer({ columns: ["price"], strategy: "median" }),
    standardScaler({ columns: ["price", "units"] }),
    oneHotEncoder({ columns: ["shop"] }),
    calendarFeatures({ columns: ["sold"], parts: ["weekday", "hour"] }),
  ],
  graph: "required",
});
