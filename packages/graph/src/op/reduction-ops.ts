import { ArgMax } from "./ArgMax.ts";
import { Gemm } from "./Gemm.ts";
import { LogSoftmax } from "./LogSoftmax.ts";
import { MatMul } from "./MatMul.ts";
import { ReduceMax } from "./ReduceMax.ts";
import { ReduceMean } from "./ReduceMean.ts";
import { ReduceMin } from "./ReduceMin.ts";
import { ReduceSum } from "./ReduceSum.ts";
import { Softmax } from "./Softmax.ts";
import type { OpDefinition } from "./op-definition.ts";

/** The names of the operators that combine along axes: reductions, products of matrices, the softmax family. */
export type ReductionOpName =
  | "ArgMax"
  | "Gemm"
  | "LogSoftmax"
  | "MatMul"
  | "ReduceMax"
  | "ReduceMean"
  | "ReduceMin"
  | "ReduceSum"
  | "Softmax";

/** The operators that combine along axes: reductions, products of matrices, the softmax family. One that is missing here does not compile. */
export const REDUCTION_OPS = {
  ArgMax,
  Gemm,
  LogSoftmax,
  MatMul,
  ReduceMax,
  ReduceMean,
  ReduceMin,
  ReduceSum,
  Softmax,
} satisfies Record<ReductionOpName, OpDefinition>;
