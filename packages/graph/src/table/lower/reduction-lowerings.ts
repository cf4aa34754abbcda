import type { ReductionOpName } from "../../op/reduction-ops.ts";
import type { Lowering, Unlowered } from "../lowering.ts";
import { lowerArgMax, lowerReduce, lowerSoftmax } from "./along.ts";
import { lowerGemm, lowerMatMul } from "./product.ts";

/** How the operators that combine along axes: reductions, products of matrices, the softmax family are written into a table, or why not. */
export const REDUCTION_LOWERINGS = {
  ArgMax: lowerArgMax,
  Gemm: lowerGemm,
  LogSoftmax: lowerSoftmax(1),
  MatMul: lowerMatMul,
  ReduceMax: lowerReduce("max"),
  ReduceMean: lowerReduce("mean"),
  ReduceMin: lowerReduce("min"),
  ReduceSum: lowerReduce("sum"),
  Softmax: lowerSoftmax(0),
} satisfies Record<ReductionOpName, Lowering | Unlowered>;
