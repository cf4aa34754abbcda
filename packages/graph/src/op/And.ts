import { comparison } from "./elementwise.ts";

/** Whether both inputs hold, under broadcasting. */
export const And = comparison((a, b) => a !== 0 && b !== 0, { since: 7, family: "bool" });
