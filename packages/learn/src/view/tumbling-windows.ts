import { tidelineError } from "@tideline/spec/error";
import { type Aggregate, figuresOf } from "../frame/aggregate-groups.ts";
import { codeTable } from "../frame/code-table.ts";
import { columnCodes } from "../frame/column-codes.ts";
import type { Frame } from "../frame/column.ts";
import { frame, pickColumns } from "../frame/frame.ts";
import { gather } from "../frame/gather.ts";
import { groupCodes, type Groups } from "../frame/group-codes.ts";
import { takePlaces } from "../frame/take-rows.ts";
import { completeTimes } from "./spine.ts";
import { isRising } from "./time-groups.ts";

/** How rows fall into windows, and what is computed of each. */
export interface TumblingWindowOptions {
  /** Windows of each of these keys' values for themselves. Default: of all rows together. */
  readonly by?: readonly string[];
  readonly time: string;
  /** Length of a window in microseconds, whole. */
  readonly every: number;
  /** Where a window begins, in microseconds since 1970 UTC. Default 0, so that an hour begins when a clock's does. */
  readonly origin?: number;
  /** New columns of each window; see `aggregateGroups`. */
  readonly figures: Readonly<Record<string, Aggregate>>;
}

/**
 * A row for each window of fixed length that has rows: its keys, its beginning under the name of the time column, and
 * figures. A row belongs to the window with `start <= time < start + every`. Windows come in the order of their first
 * rows. What a window says is known when it is over: as a feature, ask it as of `start + every` or later.
 *
 * @throws ARGUMENT_INVALID for a column that is absent, a time that is missing, a length that is not whole and positive.
 * @example
 * tumblingWindows(taps, { by: ["person"], time: "time", every: 3_600_000_000, figures: { sum: { of: "sum", column: "value" } } });
 */
export function tumblingWindows(
  rows: Frame,
  { by = [], time, every, origin = 0, figures }: TumblingWindowOptions,
): Frame {
  const who = "tumblingWindows";
  if (!(Number.isSafeInteger(every) && every > 0 && Number.isSafeInteger(origin)))
    throw tidelineError("ARGUMENT_INVALID", {
      who,
      field: "every",
      expected: "whole, positive microseconds, from a whole origin",
      received: `${every} from ${origin}`,
    });
  const times = completeTimes(rows, time, who).values;
  const starts = new Float64Array(times.length);
  for (let row = 0; row < starts.length; row++)
    starts[row] = Math.floor((times[row]! - origin) / every) * every + origin;
  const keys = by.length === 0 ? undefined : groupCodes(rows, by, who);
  const groups = keyedRuns(keys, starts);
  const places = takePlaces(pickColumns(rows, by), groups.first).columns;
  const begins = { kind: "time", name: time, values: gather(starts, groups.first) } as const;
  return frame([...places, begins, ...figuresOf(rows, groups, figures)]);
}

/** Groups of equal keys and starts. Where starts rise, a key never comes back to one: no table is needed. */
export function keyedRuns(keys: Groups | undefined, starts: Float64Array): Groups {
  const codes = new Int32Array(starts.length);
  const first = new Int32Array(starts.length);
  const count = keys?.count ?? 1;
  const rising = isRising(starts);
  const windows = rising
    ? undefined
    : columnCodes({ kind: "time", name: "start", values: starts }, "keyedRuns");
  const table = codeTable();
  const current = new Int32Array(count).fill(-1);
  // Beside the group, so that no row of long ago is looked up.
  const begun = new Float64Array(count);
  let groups = 0;
  for (let row = 0; row < codes.length; row++) {
    const key = keys === undefined ? 0 : keys.codes[row]!;
    let group: number;
    if (windows !== undefined) group = table.codeOf(key, windows.codes[row]!);
    else {
      group = current[key]!;
      const start = starts[row]!;
      if (group < 0 || begun[key] !== start) {
        group = current[key] = groups;
        begun[key] = start;
      }
    }
    if (group === groups) first[groups++] = row;
    codes[row] = group;
  }
  return { codes, count: groups, first: first.slice(0, groups) };
}
