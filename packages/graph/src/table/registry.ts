import type { OpName } from "../op/op-name.ts";
import { lowerArgMax, lowerGlobal, lowerReduce, lowerSoftmax } from "./lower/along.ts";
import { lowerBinary, lowerCast, lowerClip, lowerLeakyRelu, lowerUnary } from "./lower/elementwise.ts";
import { lowerClassifier, lowerRegressor } from "./lower/forest.ts";
import { lowerGemm, lowerMatMul } from "./lower/product.ts";
import {
  lowerConcat,
  lowerGather,
  lowerIdentity,
  lowerReshape,
  lowerSlice,
  lowerTranspose,
} from "./lower/shape.ts";
import { lowerBatchNormalization, lowerConv, lowerPool } from "./lower/sliding.ts";
import type { Lowering } from "./lowering.ts";

/** How each operator is written into a table. One that is missing here does not compile. */
export const TABLE_LOWERINGS = {
  Abs: lowerUnary("abs"),
  Add: lowerBinary("add"),
  ArgMax: lowerArgMax,
  AveragePool: lowerPool("mean"),
  BatchNormalization: lowerBatchNormalization,
  Cast: lowerCast,
  Clip: lowerClip,
  Concat: lowerConcat,
  Conv: lowerConv,
  Div: lowerBinary("div"),
  Exp: lowerUnary("exp"),
  Flatten: lowerReshape,
  Gather: lowerGather,
  Gemm: lowerGemm,
  GlobalAveragePool: lowerGlobal("mean"),
  GlobalMaxPool: lowerGlobal("max"),
  Identity: lowerIdentity,
  LeakyRelu: lowerLeakyRelu,
  Log: lowerUnary("log"),
  LogSoftmax: lowerSoftmax(1),
  MatMul: lowerMatMul,
  Max: lowerBinary("max"),
  MaxPool: lowerPool("max"),
  Min: lowerBinary("min"),
  Mul: lowerBinary("mul"),
  Neg: lowerUnary("neg"),
  Pow: lowerBinary("pow"),
  ReduceMax: lowerReduce("max"),
  ReduceMean: lowerReduce("mean"),
  ReduceMin: lowerReduce("min"),
  ReduceSum: lowerReduce("sum"),
  Relu: lowerUnary("relu"),
  Reshape: lowerReshape,
  Sigmoid: lowerUnary("sigmoid"),
  Slice: lowerSlice,
  Softmax: lowerSoftmax(0),
  Sqrt: lowerUnary("sqrt"),
  Squeeze: lowerReshape,
  Sub: lowerBinary("sub"),
  Tanh: lowerUnary("tanh"),
  Transpose: lowerTranspose,
  TreeEnsembleClassifier: lowerClassifier,
  TreeEnsembleRegressor: lowerRegressor,
  Unsqueeze: lowerReshape,
} satisfies Record<OpName, Lowering>;
