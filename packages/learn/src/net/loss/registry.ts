import { configured, type Configuration } from "../configured.ts";
import { binary } from "./binary.ts";
import { crossEntropy } from "./cross-entropy.ts";
import { huber } from "./huber.ts";
import { inBatchSoftmax } from "./in-batch-softmax.ts";
import type { Loss } from "./loss.ts";
import { mse } from "./mse.ts";
import { bpr, marginRanking } from "./pairwise.ts";

/** The names of losses. */
export type LossName =
  | "binary"
  | "bpr"
  | "crossEntropy"
  | "huber"
  | "inBatchSoftmax"
  | "marginRanking"
  | "mse";

/** Losses by name. One that is missing here does not compile. */
export const LOSSES = {
  binary,
  bpr,
  crossEntropy,
  huber,
  inBatchSoftmax,
  marginRanking,
  mse,
} satisfies Record<LossName, (options: never) => Loss>;

/** A loss as plain data: `"mse"`, `{ crossEntropy: { labelSmoothing: 0.1 } }`. */
export type LossConfiguration = Configuration<typeof LOSSES>;

/**
 * The loss that plain data describes.
 *
 * @throws DEFINITION_ILLEGAL for a name that there is not or an option out of range.
 */
export function lossFrom(configuration: LossConfiguration): Loss {
  return configured("loss", LOSSES, configuration);
}
