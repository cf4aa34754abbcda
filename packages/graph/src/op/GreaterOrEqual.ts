import { comparison } from "./elementwise.ts";

/** Whether `A` is at least `B`, under broadcasting; never where one is NaN. */
export const GreaterOrEqual = comparison((a, b) => a >= b, { since: 12 });
