import { type AggregateDef, takesNone } from "./aggregate-def.ts";

/** Seconds (float64) from the latest row to the time of the question; null of none. */
export const recency: AggregateDef<number> = {
  ...takesNone("float64"),
  init: () => Number.NEGATIVE_INFINITY,
  add: (state, { time }) => Math.max(state, time),
  merge: Math.max,
  finish: (state, _type, asOf) => (state === Number.NEGATIVE_INFINITY ? null : (asOf - state) / 1000),
};
