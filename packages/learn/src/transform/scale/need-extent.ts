import { tidelineError } from "@tideline/spec/error";
import type { Extent } from "../statistics/extent.ts";
import { noNumbers } from "./not-enough.ts";

/** Wants a column to have numbers, all finite, whose range is, too. @throws NOT_ENOUGH_DATA, DATA_MALFORMED */
export function needExtent(who: string, name: string, { min, max }: Extent): void {
  if (min > max) throw noNumbers(who, name);
  if (!Number.isFinite(max - min))
    throw tidelineError("DATA_MALFORMED", {
      who,
      field: `column "${name}"`,
      expected: "finite numbers",
      received: `${min} to ${max}`,
      remedy: "Clip or drop the rows first.",
    });
}
