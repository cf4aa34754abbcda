import { reduction } from "./reduction.ts";

/** The smallest value over axes. */
export const ReduceMin = reduction("a numeric type", (values) =>
  values.reduce((a, b) => Math.min(a, b), Infinity),
);
