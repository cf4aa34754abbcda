import { comparison } from "./elementwise.ts";

/** Whether `A` equals `B`, under broadcasting; never where one is NaN. Before opset 11 it did not take fractions. */
export const Equal = comparison((a, b) => a === b, { since: 11, family: "any type" });
