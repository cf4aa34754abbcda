import { reduction } from "./reduction.ts";

/** The largest value over axes. */
export const ReduceMax = reduction("a numeric type", (values) =>
  values.reduce((a, b) => Math.max(a, b), -Infinity),
);
