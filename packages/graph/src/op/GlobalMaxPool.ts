import { globalPool } from "./global-pool.ts";

/** The largest value of each channel. */
export const GlobalMaxPool = globalPool((values) => values.reduce((most, value) => Math.max(most, value)));
