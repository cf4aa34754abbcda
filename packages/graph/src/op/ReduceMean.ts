import { reduction } from "./reduction.ts";

/** The mean over axes. */
export const ReduceMean = reduction(
  "a floating-point type",
  (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
);
