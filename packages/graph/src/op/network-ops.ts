import { AveragePool } from "./AveragePool.ts";
import { BatchNormalization } from "./BatchNormalization.ts";
import { Conv } from "./Conv.ts";
import { ConvTranspose } from "./ConvTranspose.ts";
import { GlobalAveragePool } from "./GlobalAveragePool.ts";
import { GlobalMaxPool } from "./GlobalMaxPool.ts";
import { LayerNormalization } from "./LayerNormalization.ts";
import { MaxPool } from "./MaxPool.ts";
import type { OpDefinition } from "./op-definition.ts";

/** The names of the operators of layers: convolution, pooling, normalisation, recurrence. */
export type NetworkOpName =
  | "AveragePool"
  | "BatchNormalization"
  | "Conv"
  | "ConvTranspose"
  | "GlobalAveragePool"
  | "GlobalMaxPool"
  | "LayerNormalization"
  | "MaxPool";

/** The operators of layers: convolution, pooling, normalisation, recurrence. One that is missing here does not compile. */
export const NETWORK_OPS = {
  AveragePool,
  BatchNormalization,
  Conv,
  ConvTranspose,
  GlobalAveragePool,
  GlobalMaxPool,
  LayerNormalization,
  MaxPool,
} satisfies Record<NetworkOpName, OpDefinition>;
