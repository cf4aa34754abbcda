import { tidelineError } from "@tideline/spec/error";
import type { Column } from "../../frame/column.ts";

/** @throws ARGUMENT_INVALID for a row whose place says that its value is none of the categories, naming both. */
export function refuseUnknown(who: string, column: Column, places: Int32Array, unknown: number): void {
  const row = places.indexOf(unknown);
  if (row < 0) return;
  const value =
    column.kind === "string"
      ? column.dictionary[column.codes[row]!]
      : "values" in column
        ? column.values[row]
        : undefined;
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field: `column "${column.name}", row ${row}`,
    expected: "a category that the fit saw",
    received: JSON.stringify(String(value)).slice(0, 100),
    remedy: "Choose another handleUnknown, or fit on rows that have it.",
  });
}
