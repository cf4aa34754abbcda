import { globalPool } from "./global-pool.ts";

/** The mean of each channel. */
export const GlobalAveragePool = globalPool(
  (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
);
