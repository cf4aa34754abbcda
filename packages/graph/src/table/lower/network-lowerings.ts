import type { NetworkOpName } from "../../op/network-ops.ts";
import { unlowered, type Lowering, type Unlowered } from "../lowering.ts";
import { lowerGlobal } from "./along.ts";
import { lowerBatchNormalization, lowerConv, lowerPool } from "./sliding.ts";

const RECURRENT = unlowered("its steps depend on one another, and a table has no loops");

const LOSS = unlowered("a loss is computed while training, and a table predicts");

/** How the operators of layers: convolution, pooling, normalisation, recurrence are written into a table, or why not. */
export const NETWORK_LOWERINGS = {
  AveragePool: lowerPool("mean"),
  BatchNormalization: (call) =>
    call.attributes["training_mode"] === 0
      ? lowerBatchNormalization(call)
      : "several rows at once, whose mean training_mode 1 takes",
  Conv: lowerConv,
  ConvTranspose: unlowered("a table gathers what a window reads; this one scatters"),
  GlobalAveragePool: lowerGlobal("mean"),
  GlobalLpPool: unlowered("a table has no sum of powers"),
  GlobalMaxPool: lowerGlobal("max"),
  GRU: RECURRENT,
  InstanceNormalization: unlowered(
    "its mean and deviation are computed from each row, which no instruction does at once",
  ),
  LRN: unlowered("a table has no sum over near channels"),
  LSTM: RECURRENT,
  LayerNormalization: unlowered(
    "its mean and deviation are computed from each row, which no instruction does at once",
  ),
  LpPool: unlowered("a table has no sum of powers"),
  MaxPool: lowerPool("max"),
  RNN: RECURRENT,
  GroupNormalization: unlowered(
    "its mean and deviation are computed from each row, which no instruction does at once",
  ),
  NegativeLogLikelihoodLoss: LOSS,
  SoftmaxCrossEntropyLoss: LOSS,
  Resize: unlowered("a table has no instruction that reads between elements"),
} satisfies Record<NetworkOpName, Lowering | Unlowered>;
