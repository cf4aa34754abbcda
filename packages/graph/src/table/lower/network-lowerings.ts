import type { NetworkOpName } from "../../op/network-ops.ts";
import type { Lowering, Unlowered } from "../lowering.ts";
import { lowerGlobal } from "./along.ts";
import { lowerBatchNormalization, lowerConv, lowerPool } from "./sliding.ts";

/** How the operators of layers: convolution, pooling, normalisation, recurrence are written into a table, or why not. */
export const NETWORK_LOWERINGS = {
  AveragePool: lowerPool("mean"),
  BatchNormalization: lowerBatchNormalization,
  Conv: lowerConv,
  GlobalAveragePool: lowerGlobal("mean"),
  GlobalMaxPool: lowerGlobal("max"),
  MaxPool: lowerPool("max"),
} satisfies Record<NetworkOpName, Lowering | Unlowered>;
