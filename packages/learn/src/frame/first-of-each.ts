import type { Frame } from "./column.ts";
import { columnNamed } from "./frame.ts";
import { groupCodes } from "./group-codes.ts";
import { isMissing } from "./validity.ts";
import { sortOrder } from "./sort-rows.ts";

/** Options of {@link firstOfEach}. */
export interface FirstOfEachOptions {
  /**
   * The order in which rows are first or last. A row whose value is missing is chosen only where all of its group are.
   * Default: as they lie.
   */
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
  const column = by === undefined ? undefined : columnNamed(rows, by, "firstOfEach");
  // A row without a place in the order is chosen of such rows alone.
  const isLess = (row: number): boolean => column !== undefined && isMissing(column, row);
  for (let at = 0; at < codes.length; at++) {
    const row = order === undefined ? at : order[at]!;
    const before = chosen[codes[row]!]!;
    if (before === -1 || (keep === "last" && !(isLess(row) && !isLess(before)))) chosen[codes[row]!] = row;
  }
  return chosen.sort();
}
