import { tidelineError } from "@tideline/spec";
import type { BinnedFeature } from "../../binned-table.ts";
import type { Growth } from "../../grow/growth.ts";
import type { BoostSettings } from "../boost-setting.ts";

/**
 * Constraints by the places of columns.
 *
 * @throws ARGUMENT_INVALID for a column that there is not, or a direction of categories.
 */
export function columnConstraints(
  who: string,
  { monotone, interactions }: Pick<BoostSettings, "monotone" | "interactions">,
  features: readonly Pick<BinnedFeature, "kind" | "name">[],
): Pick<Growth, "monotone" | "interactions"> {
  const placeOf = (field: string, name: string) => {
    const place = features.findIndex((feature) => feature.name === name);
    if (place >= 0) return place;
    throw wrong(who, field, `names of columns`, JSON.stringify(name));
  };
  const ways = new Int8Array(features.length);
  for (const [name, way] of Object.entries(monotone)) {
    const place = placeOf("monotone", name);
    if (features[place]!.kind !== "numeric")
      throw wrong(who, "monotone", "columns of numbers", `${JSON.stringify(name)}, of categories`);
    ways[place] = way;
  }
  return {
    monotone: ways.some((way) => way !== 0) ? ways : undefined,
    interactions: interactions?.map((group) => group.map((name) => placeOf("interactions", name))),
  };
}

/**
 * Holds options about bins to the columns as they were binned: where somebody else did that, they come too late.
 *
 * @throws ARGUMENT_INVALID for `bins` beside rows in bins, and names in `categorical` that are of no column of categories.
 */
export function checkBinOptions(
  who: string,
  { bins, categorical }: Pick<BoostSettings, "bins" | "categorical">,
  binned: boolean,
  features: readonly Pick<BinnedFeature, "kind" | "name">[],
): void {
  if (binned && bins !== undefined)
    throw wrong(who, "bins", "none, as the rows are in bins already", String(bins));
  const kinds = new Map(features.map(({ name, kind }) => [name, kind]));
  for (const name of categorical) {
    const kind = kinds.get(name);
    if (kind === "categorical") continue;
    const received = `${JSON.stringify(name)}, ${kind === undefined ? "no such column" : "of numbers"}`;
    throw wrong(who, "categorical", "names of columns that the rows have as categories", received);
  }
}

function wrong(who: string, field: string, expected: string, received: string): Error {
  return tidelineError("ARGUMENT_INVALID", { who, field, expected, received });
}
