import { ArgMax } from "./ArgMax.ts";
import { ArgMin } from "./ArgMin.ts";
import { CumSum } from "./CumSum.ts";
import { Gemm } from "./Gemm.ts";
import { Hardmax } from "./Hardmax.ts";
import { LogSoftmax } from "./LogSoftmax.ts";
import { LpNormalization } from "./LpNormalization.ts";
import { MatMul } from "./MatMul.ts";
import { ReduceL1 } from "./ReduceL1.ts";
import { ReduceL2 } from "./ReduceL2.ts";
import { ReduceLogSum } from "./ReduceLogSum.ts";
import { ReduceLogSumExp } from "./ReduceLogSumExp.ts";
import { ReduceMax } from "./ReduceMax.ts";
import { ReduceMean } from "./ReduceMean.ts";
import { ReduceMin } from "./ReduceMin.ts";
import { ReduceProd } from "./ReduceProd.ts";
import { ReduceSum } from "./ReduceSum.ts";
import { ReduceSumSquare } from "./ReduceSumSquare.ts";
import { Softmax } from "./Softmax.ts";
import { TopK } from "./TopK.ts";
import { Einsum } from "./Einsum.ts";
import type { OpDefinition } from "./op-definition.ts";

/** The names of the operators that combine along axes: reductions, products of matrices, the softmax family. */
export type ReductionOpName =
  | "ArgMax"
  | "ArgMin"
  | "CumSum"
  | "Gemm"
  | "Hardmax"
  | "LogSoftmax"
  | "LpNormalization"
  | "MatMul"
  | "ReduceL1"
  | "ReduceL2"
  | "ReduceLogSum"
  | "ReduceLogSumExp"
  | "ReduceMax"
  | "ReduceMean"
  | "ReduceMin"
  | "ReduceProd"
  | "ReduceSum"
  | "ReduceSumSquare"
  | "Softmax"
  | "TopK"
  | "Einsum";

/** The operators that combine along axes: reductions, products of matrices, the softmax family. One that is missing here does not compile. */
export const REDUCTION_OPS = {
  ArgMax,
  ArgMin,
  CumSum,
  Gemm,
  Hardmax,
  LogSoftmax,
  LpNormalization,
  MatMul,
  ReduceL1,
  ReduceL2,
  ReduceLogSum,
  ReduceLogSumExp,
  ReduceMax,
  ReduceMean,
  ReduceMin,
  ReduceProd,
  ReduceSum,
  ReduceSumSquare,
  Softmax,
  TopK,
  Einsum,
} satisfies Record<ReductionOpName, OpDefinition>;
