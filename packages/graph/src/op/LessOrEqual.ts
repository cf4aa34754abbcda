import { comparison } from "./elementwise.ts";

/** Whether `A` is at most `B`, under broadcasting; never where one is NaN. */
export const LessOrEqual = comparison((a, b) => a <= b, { since: 12 });
