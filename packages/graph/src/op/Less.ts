import { comparison } from "./elementwise.ts";

/** Whether `A < B`, under broadcasting; never where one is NaN. */
export const Less = comparison((a, b) => a < b, { since: 7, sinceInteger: 9 });
