import type { Cases } from "./op-case.ts";

/** Cases of operators that work element by element: arithmetic, functions of one number, comparison, choice. */
export const ELEMENTWISE_CASES = {} satisfies Record<string, Cases>;
