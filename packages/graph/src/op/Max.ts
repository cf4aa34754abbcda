import { variadic } from "./elementwise.ts";

/** The largest of one or more inputs under broadcasting; NaN wins. */
export const Max = variadic((a, b) => Math.max(a, b));
