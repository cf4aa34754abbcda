import type { AggregateDef } from "./aggregate-def.ts";
import { countDistinct } from "./count-distinct.ts";
import { count } from "./count.ts";
import { max, min } from "./extreme.ts";
import { first, last } from "./last.ts";
import { recency } from "./recency.ts";
import { stddev } from "./stddev.ts";
import { mean, sum } from "./sum.ts";

/** Every aggregate of the language, by its name in the JSON. */
export const AGGREGATES = {
  count,
  count_distinct: countDistinct,
  sum,
  mean,
  min,
  max,
  stddev,
  first,
  last,
  recency,
} as const satisfies Record<string, AggregateDef<unknown>>;

/** The name of an aggregate. */
export type AggregateName = keyof typeof AGGREGATES;

/** Whether a text names an aggregate. */
export function isAggregateName(name: unknown): name is AggregateName {
  return typeof name === "string" && Object.hasOwn(AGGREGATES, name);
}

/** The aggregate of a name, its state opaque: only its own `init`, `add` and `merge` make one. */
export function aggregateOf(name: AggregateName): AggregateDef<unknown> {
  return AGGREGATES[name];
}
