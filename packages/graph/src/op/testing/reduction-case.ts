import type { Cases } from "./op-case.ts";

/** Cases of operators that combine along axes: reductions, products of matrices, the softmax family. */
export const REDUCTION_CASES = {} satisfies Record<string, Cases>;
