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

function wrong(who: string, field: string, expected: string, received: string): Error {
  return tidelineError("ARGUMENT_INVALID", { who, field, expected, received });
}
