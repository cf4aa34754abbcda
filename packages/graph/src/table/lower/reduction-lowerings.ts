import type { ReductionOpName } from "../../op/reduction-ops.ts";
import { unlowered, type Lowering, type Unlowered } from "../lowering.ts";
import { lowerArgMax, lowerReduce, lowerSoftmax } from "./along.ts";
import { lowerGemm, lowerMatMul } from "./product.ts";

const NO_REDUCTION = unlowered("a table has no instruction that combines numbers in this way");

/** How the operators that combine along axes: reductions, products of matrices, the softmax family are written into a table, or why not. */
export const REDUCTION_LOWERINGS = {
  ArgMax: lowerArgMax,
  ArgMin: NO_REDUCTION,
  CumSum: NO_REDUCTION,
  Gemm: lowerGemm,
  Hardmax: NO_REDUCTION,
  LogSoftmax: lowerSoftmax(1),
  LpNormalization: NO_REDUCTION,
  MatMul: lowerMatMul,
  ReduceL1: NO_REDUCTION,
  ReduceL2: NO_REDUCTION,
  ReduceLogSum: NO_REDUCTION,
  ReduceLogSumExp: NO_REDUCTION,
  ReduceMax: lowerReduce("max"),
  ReduceMean: lowerReduce("mean"),
  ReduceMin: lowerReduce("min"),
  ReduceProd: NO_REDUCTION,
  ReduceSum: lowerReduce("sum"),
  ReduceSumSquare: NO_REDUCTION,
  Softmax: lowerSoftmax(0),
  TopK: NO_REDUCTION,
  Einsum: NO_REDUCTION,
} satisfies Record<ReductionOpName, Lowering | Unlowered>;
