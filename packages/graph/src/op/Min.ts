import { variadic } from "./elementwise.ts";

/** The smallest of one or more inputs under broadcasting; NaN wins. */
export const Min = variadic((a, b) => Math.min(a, b));
