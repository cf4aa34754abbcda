import { argExtreme } from "./ArgMax.ts";

/** The index of the smallest element along an axis; of equal ones the first, or the last if asked. */
export const ArgMin = argExtreme((a, b) => a < b);
