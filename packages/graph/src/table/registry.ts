import type { OpName } from "../op/op-name.ts";
import { lowerArgMax, lowerReduce, lowerSoftmax } from "./lower/along.ts";
import { lowerBinary, lowerCast, lowerClip, lowerUnary } from "./lower/elementwise.ts";
import { lowerGemm, lowerMatMul } from "./lower/product.ts";
import {
  lowerConcat,
  lowerGather,
  lowerIdentity,
  lowerReshape,
  lowerSlice,
  lowerTranspose,
} from "./lower/shape.ts";
import type { Lowering } from "./lowering.ts";

/** How each operator is written into a table. One that is missing here does not compile. */
export const TABLE_LOWERINGS = {
  Abs: lowerUnary("abs"),
  Add: lowerBinary("add"),
  ArgMax: lowerArgMax,
  Cast: lowerCast,
  Clip: lowerClip,
  Concat: lowerConcat,
  Div: lowerBinary("div"),
  Exp: lowerUnary("exp"),
  Gather: lowerGather,
  Gemm: lowerGemm,
  Identity: lowerIdentity,
  Log: lowerUnary("log"),
  MatMul: lowerMatMul,
  Max: lowerBinary("max"),
  Min: lowerBinary("min"),
  Mul: lowerBinary("mul"),
  Neg: lowerUnary("neg"),
  Pow: lowerBinary("pow"),
  ReduceMax: lowerReduce("max"),
  ReduceMean: lowerReduce("mean"),
  ReduceMin: lowerReduce("min"),
  ReduceSum: lowerReduce("sum"),
  Reshape: lowerReshape,
  Slice: lowerSlice,
  Softmax: lowerSoftmax(0),
  Sqrt: lowerUnary("sqrt"),
  Squeeze: lowerReshape,
  Sub: lowerBinary("sub"),
  Transpose: lowerTranspose,
  Unsqueeze: lowerReshape,
} satisfies Record<OpName, Lowering>;
