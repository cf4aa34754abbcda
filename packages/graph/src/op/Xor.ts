import { comparison } from "./elementwise.ts";

/** Whether just one of the inputs holds, under broadcasting. */
export const Xor = comparison((a, b) => a !== b, { since: 7, family: "bool" });
