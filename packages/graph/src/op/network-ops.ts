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
  | "RNN";

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
} satisfies Record<NetworkOpName, OpDefinition>;
