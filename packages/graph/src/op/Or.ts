import { comparison } from "./elementwise.ts";

/** Whether one or both inputs hold, under broadcasting. */
export const Or = comparison((a, b) => a !== 0 || b !== 0, { since: 7, family: "bool" });
