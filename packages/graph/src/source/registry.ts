import type { OpName } from "../op/op-name.ts";
import { EMIT_ELEMENTWISE } from "./emit-elementwise.ts";
import { EMIT_REDUCE } from "./emit-reduce.ts";
import { EMIT_SHAPE } from "./emit-shape.ts";
import type { SourceRule } from "./emitter.ts";

const layer = { unsupported: "a layer of nets: what has one runs as a model table or in a runtime" };
const tree = { unsupported: "trees run as a model table, which TypeScript, C and Kotlin read" };
const places = { unsupported: "it has places that rows decide" };
const folded = { unsupported: "only where its result is known before a row comes" };
const rare = { unsupported: "not written yet" };
const bits = { unsupported: "it is about the bits of integers" };
const special = { unsupported: "neither TypeScript nor Kotlin has an error function" };

/** How each operator becomes source, in every language alike, or why it does not. One that is missing does not compile. */
export const SOURCE_RULES = {
  ...EMIT_ELEMENTWISE,
  ...EMIT_REDUCE,
  ...EMIT_SHAPE,
  AveragePool: layer,
  BatchNormalization: layer,
  BitwiseAnd: bits,
  BitwiseNot: bits,
  BitwiseOr: bits,
  BitwiseXor: bits,
  Celu: rare,
  Constant: folded,
  ConstantOfShape: folded,
  Conv: layer,
  ConvTranspose: layer,
  CumSum: rare,
  DepthToSpace: layer,
  DequantizeLinear: layer,
  Dropout: layer,
  Einsum: rare,
  Elu: rare,
  Erf: special,
  EyeLike: folded,
  GRU: layer,
  GatherElements: places,
  GatherND: places,
  Gelu: special,
  GlobalAveragePool: layer,
  GlobalLpPool: layer,
  GlobalMaxPool: layer,
  GroupNormalization: layer,
  HardSigmoid: rare,
  HardSwish: rare,
  Hardmax: rare,
  InstanceNormalization: layer,
  LRN: layer,
  LSTM: layer,
  LayerNormalization: layer,
  LpNormalization: rare,
  LpPool: layer,
  MaxPool: layer,
  Mish: rare,
  NegativeLogLikelihoodLoss: layer,
  PRelu: layer,
  Pad: rare,
  QuantizeLinear: layer,
  RNN: layer,
  Range: folded,
  ReduceLogSum: rare,
  ReduceLogSumExp: rare,
  ReduceProd: rare,
  Resize: layer,
  ReverseSequence: places,
  ScatterElements: places,
  ScatterND: places,
  Selu: rare,
  Shape: folded,
  Shrink: rare,
  Size: folded,
  SoftmaxCrossEntropyLoss: layer,
  Softsign: rare,
  SpaceToDepth: layer,
  ThresholdedRelu: rare,
  Tile: rare,
  TopK: places,
  TreeEnsembleClassifier: tree,
  TreeEnsembleRegressor: tree,
  Trilu: rare,
  Xor: rare,
} satisfies Record<OpName, SourceRule>;
