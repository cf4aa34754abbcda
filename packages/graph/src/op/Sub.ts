import { binary } from "./elementwise.ts";

/** `A - B` under broadcasting. */
export const Sub = binary((a, b) => a - b);
