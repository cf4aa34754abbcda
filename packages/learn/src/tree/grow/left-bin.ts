import type { BinnedFeature } from "../binned-table.ts";
import type { FoundSplit } from "./growing-leaf.ts";

// Room of a split that is carried out; nothing outlives it.
const room = new Uint8Array(256);

/** Which bins of the feature that a split asks go left, 1 each, the missing values' included; until the next call. */
export function leftBins(feature: BinnedFeature, { bin, categories, missingLeft }: FoundSplit): Uint8Array {
  room.fill(0);
  if (categories === undefined) {
    room.fill(1, 0, bin + 1);
    if (feature.kind === "numeric" && feature.missing) room[feature.bins - 1] = missingLeft ? 1 : 0;
  } else for (let at = 0; at < categories.length; at++) room[categories[at]!] = 1;
  return room;
}
