import { tidelineError } from "@tideline/spec/error";
import { type Aggregate, figuresOf } from "../frame/aggregate-groups.ts";
import type { Frame } from "../frame/column.ts";
import { frame, pickColumns } from "../frame/frame.ts";
import { gather } from "../frame/gather.ts";
import { groupCodes } from "../frame/group-codes.ts";
import { takePlaces } from "../frame/take-rows.ts";
import { completeTimes } from "./spine.ts";
import { timeGroups } from "./time-groups.ts";

/** How rows fall into sessions, and what is computed of each. */
export interface SessionWindowOptions {
  /** Sessions of each of these keys' values for themselves. Default: of all rows together. */
  readonly by?: readonly string[];
  readonly time: string;
  /** A pause of at least so many microseconds ends a session. */
  readonly gap: number;
  /** The name of the column of each session's last row. Default `session_end`. */
  readonly end?: string;
  /** New columns of each session; see `aggregateGroups`. */
  readonly figures: Readonly<Record<string, Aggregate>>;
}

/**
 * A row for each session, a run of rows of one key of which each follows the one before by less than `gap`: its keys,
 * its first row's time under the name of the time column, its last row's, and figures. Sessions come by key (in the order
 * of their first rows) and then by time; the rows may come in any order. A session is known to be over only at its end
 * plus the gap: as a feature, ask it as of then or later.
 *
 * @throws ARGUMENT_INVALID for a column that is absent, a time that is missing, a gap that is not whole and positive.
 * @example
 * sessionWindows(taps, { by: ["person"], time: "time", gap: 1_800_000_000, figures: { taps: { of: "count" } } });
 */
export function sessionWindows(
  rows: Frame,
  { by = [], time, gap, end = "session_end", figures }: SessionWindowOptions,
): Frame {
  const who = "sessionWindows";
  if (!(Number.isSafeInteger(gap) && gap > 0))
    throw tidelineError("ARGUMENT_INVALID", {
      who,
      field: "gap",
      expected: "whole, positive microseconds",
      received: String(gap),
    });
  const times = completeTimes(rows, time, who).values;
  const keys = by.length === 0 ? { codes: new Int32Array(rows.rows), count: 1 } : groupCodes(rows, by, who);
  const placed = timeGroups(keys.codes, keys.count, times);
  const codes = new Int32Array(rows.rows);
  const [first, last] = [new Int32Array(rows.rows), new Int32Array(rows.rows)];
  let count = 0;
  for (let at = 0; at < placed.rows.length; at++) {
    const [row, before] = [placed.rows[at]!, placed.rows[at - 1] ?? -1];
    const goes = at > 0 && keys.codes[row] === keys.codes[before] && times[row]! - times[before]! < gap;
    if (!goes) first[count++] = row;
    codes[row] = count - 1;
    last[count - 1] = row;
  }
  const groups = { codes, count, first: first.slice(0, count) };
  return frame([
    ...takePlaces(pickColumns(rows, by), groups.first).columns,
    { kind: "time", name: time, values: gather(times, groups.first) },
    { kind: "time", name: end, values: gather(times, last.slice(0, count)) },
    ...figuresOf(rows, groups, figures),
  ]);
}
