import type { Frame } from "./column.ts";
import { groupCodes } from "./group-codes.ts";
import { sortOrder } from "./sort-rows.ts";

/** Options of {@link firstOfEach}. */
export interface FirstOfEachOptions {
  /** The order in which rows are first or last; a missing value stands behind all. Default: as they lie. */
  readonly by?: string;
  /** Default `"first"`. */
  readonly keep?: "first" | "last";
}

/**
 * Of rows that agree in the named columns, the first (or last) one: the rows to keep, ascending. Missing agrees with
 * missing.
 *
 * @throws ARGUMENT_INVALID as {@link groupCodes}, and for an order by a column that has none.
 * @example
 * takeRows(rows, firstOfEach(rows, ["user"], { by: "time", keep: "last" })); // the newest of each user
 */
export function firstOfEach(
  rows: Frame,
  names: readonly string[],
  { by, keep = "first" }: FirstOfEachOptions = {},
): Int32Array {
  const { codes, count, first } = groupCodes(rows, names, "firstOfEach");
  if (by === undefined && keep === "first") return first;
  const chosen = new Int32Array(count).fill(-1);
  const order = by === undefined ? undefined : sortOrder(rows, [by]);
  for (let at = 0; at < codes.length; at++) {
    const row = order === undefined ? at : order[at]!;
    if (keep === "last" || chosen[codes[row]!] === -1) chosen[codes[row]!] = row;
  }
  return chosen.sort();
}
