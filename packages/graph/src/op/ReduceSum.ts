import { reduction } from "./reduction.ts";

/** The sum over axes. */
export const ReduceSum = reduction("a numeric type", (values) =>
  values.reduce((sum, value) => sum + value, 0),
);
