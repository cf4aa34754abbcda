import type { AggregateDef } from "./aggregate-def.ts";
import { countDistinct } from "./count-distinct.ts";
import { count } from "./count.ts";
import { max, min } from "./extreme.ts";
import { lag } from "./lag.ts";
import { first, last } from "./last.ts";
import { quantile } from "./quantile.ts";
import { recency } from "./recency.ts";
import { stddev } from "./stddev.ts";
import { mean, sum } from "./sum.ts";

/** Every aggregate of the language, by its name in the JSON; one with a number is made of it. */
export const AGGREGATES = {
  count,
  count_distinct: countDistinct,
  sum,
  mean,
  min,
  max,
  stddev,
  quantile,
  first,
  last,
  lag,
  recency,
} as const satisfies Record<string, AggregateDef<unknown> | ((parameter: number) => AggregateDef<unknown>)>;

/** The name of an aggregate. */
export type AggregateName = keyof typeof AGGREGATES;

/** Whether a text names an aggregate. */
export function isAggregateName(name: unknown): name is AggregateName {
  return typeof name === "string" && Object.hasOwn(AGGREGATES, name);
}

/** The aggregate of a name and number, its state opaque: only its own `init`, `add` and `merge` make one. */
export function aggregateOf(name: AggregateName, parameter = 0): AggregateDef<unknown> {
  const known = AGGREGATES[name];
  return typeof known === "function" ? known(parameter) : known;
}

/** What is wrong with the number of an aggregate: what it takes instead. Undefined where it fits. */
export function wrongParameter(name: AggregateName, parameter: unknown): string | undefined {
  const rule = aggregateOf(name).parameter;
  if (rule === undefined) return parameter === undefined ? undefined : "no number";
  return typeof parameter === "number" && rule.fits(parameter) ? undefined : rule.takes;
}
