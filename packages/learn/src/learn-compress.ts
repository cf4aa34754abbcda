/**
 * `@tideline/learn/compress`: what makes graphs smaller by training them: pruning with recovery, distillation,
 * factorisation with recovery, training behind rounding. What needs no training is in `@tideline/graph/compress`.
 */
export * from "./net/compress/index.ts";
