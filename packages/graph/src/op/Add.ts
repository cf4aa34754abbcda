import { binary } from "./elementwise.ts";

/** `A + B` under broadcasting. */
export const Add = binary((a, b) => a + b);
