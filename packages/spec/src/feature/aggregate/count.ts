import { type AggregateDef, takesNone } from "./aggregate-def.ts";

/** How many rows: int64, 0 of none. */
export const count: AggregateDef<number> = {
  ...takesNone("int64"),
  init: () => 0,
  add: (state) => state + 1,
  merge: (left, right) => left + right,
  finish: (state) => state,
};
