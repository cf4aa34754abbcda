import { count, countDistinct, recency, view } from "@tideline/spec";
import { tap } from "./event.ts";

/** How busy a person is with the app, as of a time. Relational: computed from other rows, in SQL or as events come. */
export const engagement = view("engagement", {
  entity: { name: "person", joinKey: "subject" },
  source: tap,
  features: (row) => ({
    taps_1m: count({ within: "1m" }),
    taps_10m: count({ within: "10m" }),
    targets_10m: countDistinct(row.target, { within: "10m" }),
    seconds_since_tap: recency(),
  }),
});
