import type { NetworkOpName } from "../../op/network-ops.ts";
import { refused, type LiteRule } from "../lowering.ts";

const loss = refused("a loss is for training", "the graph without it");
const later = refused("not written yet", "a model table or ONNX Runtime");

/** How layers of nets are written. */
export const NETWORK_RULES = {
  AveragePool: later,
  BatchNormalization: later,
  Conv: later,
  ConvTranspose: later,
  GRU: later,
  GlobalAveragePool: later,
  GlobalLpPool: later,
  GlobalMaxPool: later,
  GroupNormalization: later,
  InstanceNormalization: later,
  LRN: later,
  LSTM: later,
  LayerNormalization: later,
  LpPool: later,
  MaxPool: later,
  NegativeLogLikelihoodLoss: loss,
  RNN: later,
  Resize: later,
  SoftmaxCrossEntropyLoss: loss,
} satisfies Record<NetworkOpName, LiteRule>;
