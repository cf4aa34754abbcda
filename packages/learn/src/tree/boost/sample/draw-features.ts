import { drawWithoutReplacement, type Random } from "../../../random.ts";
import type { BinnedFeature } from "../../binned-table.ts";

/** 1 for a share of the features that can be split at all, one at least; undefined for all. [features] */
export function drawFeatures(
  random: Random,
  features: readonly BinnedFeature[],
  share: number,
): Uint8Array | undefined {
  if (share >= 1) return undefined;
  const usable = [...features.keys()].filter((at) => features[at]!.bins > 1);
  const chosen = new Uint8Array(features.length);
  if (usable.length === 0) return chosen;
  const count = Math.max(1, Math.round(share * usable.length));
  for (const at of drawWithoutReplacement(random, usable.length, count)) chosen[usable[at]!] = 1;
  return chosen;
}
