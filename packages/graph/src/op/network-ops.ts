import { AveragePool } from "./AveragePool.ts";
import { BatchNormalization } from "./BatchNormalization.ts";
import { Conv } from "./Conv.ts";
import { ConvTranspose } from "./ConvTranspose.ts";
import { GlobalAveragePool } from "./GlobalAveragePool.ts";
import { GlobalLpPool } from "./GlobalLpPool.ts";
import { GlobalMaxPool } from "./GlobalMaxPool.ts";
import { GRU } from "./GRU.ts";
import { InstanceNormalization } from "./InstanceNormalization.ts";
import { LRN } from "./LRN.ts";
import { LSTM } from "./LSTM.ts";
import { LayerNormalization } from "./LayerNormalization.ts";
import { LpPool } from "./LpPool.ts";
import { MaxPool } from "./MaxPool.ts";
import { RNN } from "./RNN.ts";
import { GroupNormalization } from "./GroupNormalization.ts";
import { NegativeLogLikelihoodLoss } from "./NegativeLogLikelihoodLoss.ts";
import { SoftmaxCrossEntropyLoss } from "./SoftmaxCrossEntropyLoss.ts";
import { Resize } from "./Resize.ts";
import type { OpDefinition } from "./op-definition.ts";

/** The names of the operators of layers: convolution, pooling, normalisation, recurrence. */
export type NetworkOpName =
  | "AveragePool"
  | "BatchNormalization"
  | "Conv"
  | "ConvTranspose"
  | "GlobalAveragePool"
  | "GlobalLpPool"
  | "GlobalMaxPool"
  | "GRU"
  | "InstanceNormalization"
  | "LRN"
  | "LSTM"
  | "LayerNormalization"
  | "LpPool"
  | "MaxPool"
  | "RNN"
  | "GroupNormalization"
  | "NegativeLogLikelihoodLoss"
  | "SoftmaxCrossEntropyLoss"
  | "Resize";

/** The operators of layers: convolution, pooling, normalisation, recurrence. One that is missing here does not compile. */
export const NETWORK_OPS = {
  AveragePool,
  BatchNormalization,
  Conv,
  ConvTranspose,
  GlobalAveragePool,
  GlobalLpPool,
  GlobalMaxPool,
  GRU,
  InstanceNormalization,
  LRN,
  LSTM,
  LayerNormalization,
  LpPool,
  MaxPool,
  RNN,
  GroupNormalization,
  NegativeLogLikelihoodLoss,
  SoftmaxCrossEntropyLoss,
  Resize,
} satisfies Record<NetworkOpName, OpDefinition>;
