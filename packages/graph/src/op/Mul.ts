import { binary } from "./elementwise.ts";

/** `A * B` under broadcasting. */
export const Mul = binary((a, b) => a * b);
