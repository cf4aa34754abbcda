import { tidelineError } from "@tideline/spec/error";
import type { Frame } from "./column.ts";
import { takePlaces } from "./take-rows.ts";

/**
 * The rows where `keep` is not 0 (or is true), in order; the frame itself where that is all of them.
 *
 * @param keep [rows]
 * @throws ARGUMENT_INVALID for a mask of another length.
 */
export function filterRows(rows: Frame, keep: Uint8Array | readonly boolean[]): Frame {
  const places = placesOf(keep, rows.rows);
  return places.length === rows.rows ? rows : takePlaces(rows, places);
}

/** The rows that a mask keeps, ascending. */
export function placesOf(keep: Uint8Array | readonly boolean[], rows: number): Int32Array {
  if (keep.length !== rows)
    throw tidelineError("ARGUMENT_INVALID", {
      who: "filterRows",
      field: "keep",
      expected: `${rows} truths, one for each row`,
      received: String(keep.length),
    });
  const places = new Int32Array(rows);
  let count = 0;
  for (let row = 0; row < rows; row++) {
    places[count] = row;
    count += keep[row] ? 1 : 0;
  }
  return places.slice(0, count);
}
