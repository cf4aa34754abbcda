import type { OpName } from "../op/op-name.ts";
import { EMIT_ACTIVATION } from "./emit-activation.ts";
import { EMIT_ELEMENTWISE } from "./emit-elementwise.ts";
import { EMIT_REDUCE } from "./emit-reduce.ts";
import { EMIT_SHAPE } from "./emit-shape.ts";
import { EMIT_TREE } from "./emit-tree.ts";
import type { SourceRule } from "./emitter.ts";

const net = "the model table of predict, or a runtime of ONNX";
const layer = {
  unsupported: "a layer of nets: what has one runs as a model table or in a runtime",
  instead: net,
};
const places = { unsupported: "it has places that rows decide", instead: "Gather, OneHot, ArgMax or Where" };
const folded = { unsupported: "only where its result is known before a row comes", instead: "a constant" };
const bits = { unsupported: "it is about the bits of integers", instead: "Mod, Mul and comparisons" };
const special = {
  unsupported: "no language but C has an error function",
  instead: "Tanh of a polynomial, as Gelu has it",
};
const loss = { unsupported: "a loss: it is for training", instead: "LogSoftmax" };
const rare = (instead: string) => ({ unsupported: "not written yet", instead });

/** How each operator becomes source, in every language alike, or why it does not. One that is missing does not compile. */
export const SOURCE_RULES = {
  ...EMIT_ACTIVATION,
  ...EMIT_ELEMENTWISE,
  ...EMIT_REDUCE,
  ...EMIT_SHAPE,
  ...EMIT_TREE,
  AveragePool: layer,
  BatchNormalization: layer,
  BitwiseAnd: bits,
  BitwiseNot: bits,
  BitwiseOr: bits,
  BitwiseXor: bits,
  Constant: folded,
  ConstantOfShape: folded,
  Conv: layer,
  ConvTranspose: layer,
  CumSum: rare("MatMul by a triangle of ones"),
  DepthToSpace: layer,
  DequantizeLinear: layer,
  Dropout: layer,
  Einsum: rare("MatMul, Transpose and ReduceSum"),
  Erf: special,
  EyeLike: folded,
  GRU: layer,
  GatherElements: places,
  GatherND: places,
  GlobalAveragePool: layer,
  GlobalLpPool: layer,
  GlobalMaxPool: layer,
  GroupNormalization: layer,
  Hardmax: rare("ArgMax, then OneHot"),
  InstanceNormalization: layer,
  LRN: layer,
  LSTM: layer,
  LayerNormalization: layer,
  LpNormalization: rare("ReduceL1 or ReduceL2, then Div"),
  LpPool: layer,
  MaxPool: layer,
  NegativeLogLikelihoodLoss: loss,
  Pad: rare("Concat with a constant"),
  QuantizeLinear: layer,
  RNN: layer,
  Range: folded,
  ReduceLogSumExp: rare("Sub of ReduceMax, Exp, then ReduceLogSum"),
  Resize: layer,
  ReverseSequence: places,
  ScatterElements: places,
  ScatterND: places,
  Shape: folded,
  Size: folded,
  SoftmaxCrossEntropyLoss: loss,
  SpaceToDepth: layer,
  Tile: rare("Expand or Concat"),
  TopK: places,
  Trilu: rare("Mul by a triangle of ones"),
} satisfies Record<OpName, SourceRule>;

/** Operators on texts: written where they stand in this order, from an input of texts to counts. */
export const TEXT_RULES = {
  StringNormalizer:
    "small letters of an input of texts, one a row: those of ECMAScript, sign by sign but for a final sigma",
  Tokenizer: "of com.microsoft: a pattern of words without groups that capture, anchors and looking around",
  LabelEncoder: "words to numbers, behind Tokenizer",
  TfIdfVectorizer: "counts of sequences of words (mode TF); weights are Mul, Log and Div behind it",
} satisfies Record<string, string>;
