import { binary } from "./elementwise.ts";

/** `A / B` under broadcasting; the quotient of integers is rounded towards zero. */
export const Div = binary((a, b) => a / b);
