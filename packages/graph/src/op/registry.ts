import { Abs } from "./Abs.ts";
import { Add } from "./Add.ts";
import { ArgMax } from "./ArgMax.ts";
import { AveragePool } from "./AveragePool.ts";
import { BatchNormalization } from "./BatchNormalization.ts";
import { Cast } from "./Cast.ts";
import { Clip } from "./Clip.ts";
import { Concat } from "./Concat.ts";
import { Conv } from "./Conv.ts";
import { Div } from "./Div.ts";
import { Exp } from "./Exp.ts";
import { Flatten } from "./Flatten.ts";
import { Gather } from "./Gather.ts";
import { Gemm } from "./Gemm.ts";
import { GlobalAveragePool } from "./GlobalAveragePool.ts";
import { GlobalMaxPool } from "./GlobalMaxPool.ts";
import { Identity } from "./Identity.ts";
import { LeakyRelu } from "./LeakyRelu.ts";
import { Log } from "./Log.ts";
import { LogSoftmax } from "./LogSoftmax.ts";
import { MatMul } from "./MatMul.ts";
import { Max } from "./Max.ts";
import { MaxPool } from "./MaxPool.ts";
import { Min } from "./Min.ts";
import { Mul } from "./Mul.ts";
import { Neg } from "./Neg.ts";
import { Pow } from "./Pow.ts";
import { ReduceMax } from "./ReduceMax.ts";
import { ReduceMean } from "./ReduceMean.ts";
import { ReduceMin } from "./ReduceMin.ts";
import { ReduceSum } from "./ReduceSum.ts";
import { Relu } from "./Relu.ts";
import { Reshape } from "./Reshape.ts";
import { Sigmoid } from "./Sigmoid.ts";
import { Slice } from "./Slice.ts";
import { Softmax } from "./Softmax.ts";
import { Sqrt } from "./Sqrt.ts";
import { Squeeze } from "./Squeeze.ts";
import { Sub } from "./Sub.ts";
import { Tanh } from "./Tanh.ts";
import { Transpose } from "./Transpose.ts";
import { TreeEnsembleClassifier } from "./TreeEnsembleClassifier.ts";
import { TreeEnsembleRegressor } from "./TreeEnsembleRegressor.ts";
import { Unsqueeze } from "./Unsqueeze.ts";
import type { OpDefinition } from "./op-definition.ts";
import type { OpName } from "./op-name.ts";

/** Every operator by its ONNX name. An operator that is missing here does not compile. */
export const OPS = {
  Abs,
  Add,
  ArgMax,
  AveragePool,
  BatchNormalization,
  Cast,
  Clip,
  Concat,
  Conv,
  Div,
  Exp,
  Flatten,
  Gather,
  Gemm,
  GlobalAveragePool,
  GlobalMaxPool,
  Identity,
  LeakyRelu,
  Log,
  LogSoftmax,
  MatMul,
  Max,
  MaxPool,
  Min,
  Mul,
  Neg,
  Pow,
  ReduceMax,
  ReduceMean,
  ReduceMin,
  ReduceSum,
  Relu,
  Reshape,
  Sigmoid,
  Slice,
  Softmax,
  Sqrt,
  Squeeze,
  Sub,
  Tanh,
  Transpose,
  TreeEnsembleClassifier,
  TreeEnsembleRegressor,
  Unsqueeze,
} satisfies Record<OpName, OpDefinition>;

/** Whether a name is that of an operator we know. */
export function isOpName(name: string): name is OpName {
  return Object.hasOwn(OPS, name);
}
