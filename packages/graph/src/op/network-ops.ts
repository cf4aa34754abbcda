import { AveragePool } from "./AveragePool.ts";
import { BatchNormalization } from "./BatchNormalization.ts";
import { Conv } from "./Conv.ts";
import { ConvTranspose } from "./ConvTranspose.ts";
import { GlobalAveragePool } from "./GlobalAveragePool.ts";
import { GlobalMaxPool } from "./GlobalMaxPool.ts";
import { GRU } from "./GRU.ts";
import { LSTM } from "./LSTM.ts";
import { LayerNormalization } from "./LayerNormalization.ts";
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
  | "GlobalMaxPool"
  | "GRU"
  | "LSTM"
  | "LayerNormalization"
  | "MaxPool"
  | "RNN";

/** The operators of layers: convolution, pooling, normalisation, recurrence. One that is missing here does not compile. */
export const NETWORK_OPS = {
  AveragePool,
  BatchNormalization,
  Conv,
  ConvTranspose,
  GlobalAveragePool,
  GlobalMaxPool,
  GRU,
  LSTM,
  LayerNormalization,
  MaxPool,
  RNN,
} satisfies Record<NetworkOpName, OpDefinition>;
