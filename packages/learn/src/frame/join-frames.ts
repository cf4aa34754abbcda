import { tidelineError } from "@tideline/spec/error";
import { concatFrames } from "./concat-frames.ts";
import type { Column, Frame } from "./column.ts";
import { columnNamed, dropColumns, frame, pickColumns } from "./frame.ts";
import { groupCodes } from "./group-codes.ts";
import { takePlaces } from "./take-rows.ts";
import { isMissing } from "./validity.ts";

/** Options of {@link joinFrames}. */
export interface JoinOptions {
  /** Key columns, of the same kinds in both frames. */
  readonly on: readonly string[];
  /** `"left"` keeps rows that find no partner, with missing values; `"inner"` leaves them out. Default `"inner"`. */
  readonly how?: "inner" | "left";
  /** Appended to names of the right frame that the left one has, too. Default `"_right"`. */
  readonly suffix?: string;
}

/**
 * Every row of the left frame beside every row of the right one whose keys are equal, in the order of the left rows,
 * then of the right. As in SQL a key with a missing value equals none.
 *
 * @throws ARGUMENT_INVALID for keys that are absent or of different kinds, names that clash in spite of the suffix, and
 *   a result of more than 2^31 - 1 rows.
 * @example
 * joinFrames(taps, users, { on: ["user"], how: "left" });
 */
export function joinFrames(
  left: Frame,
  right: Frame,
  { on, how = "inner", suffix = "_right" }: JoinOptions,
): Frame {
  for (const name of on) checkKey(left, right, name);
  const keys = concatFrames([pickColumns(left, on), pickColumns(right, on)]);
  const { codes, count } = groupCodes(keys, on, "joinFrames");
  const missing = missingKeys(keys, on);
  const { starts, rows } = rowsByCode(codes, count, missing, left.rows);
  const sizeOf = (row: number): number => {
    const found = missing[row] === 1 ? 0 : starts[codes[row]! + 1]! - starts[codes[row]!]!;
    return found === 0 && how === "left" ? 1 : found;
  };
  let total = 0;
  for (let row = 0; row < left.rows; row++) total += sizeOf(row);
  if (total > 0x7fff_ffff) throw tooMany(total);
  const [lefts, rights] = [new Int32Array(total), new Int32Array(total).fill(-1)];
  let at = 0;
  for (let row = 0; row < left.rows; row++) {
    const size = sizeOf(row);
    const from = missing[row] === 1 ? 0 : starts[codes[row]!]!;
    const found = missing[row] === 1 ? 0 : starts[codes[row]! + 1]! - from;
    for (let next = 0; next < size; next++, at++) {
      lefts[at] = row;
      if (next < found) rights[at] = rows[from + next]!;
    }
  }
  const beside = takePlaces(dropColumns(right, on), rights);
  const names = new Set(left.columns.map(({ name }) => name));
  const renamed = beside.columns.map((column) =>
    names.has(column.name) ? { ...column, name: `${column.name}${suffix}` } : column,
  );
  return frame([...takePlaces(left, lefts).columns, ...(renamed as Column[])]);
}

/** The rows of the right frame in the order of their codes: those of code `c` from `starts[c]` to `starts[c + 1]`. */
function rowsByCode(codes: Int32Array, count: number, missing: Uint8Array, from: number) {
  const starts = new Int32Array(count + 1);
  for (let row = from; row < codes.length; row++) if (missing[row] === 0) starts[codes[row]! + 1]!++;
  for (let code = 0; code < count; code++) starts[code + 1]! += starts[code]!;
  const rows = new Int32Array(starts[count]!);
  const next = starts.slice();
  for (let row = from; row < codes.length; row++)
    if (missing[row] === 0) rows[next[codes[row]!]!++] = row - from;
  return { starts, rows };
}

function missingKeys(keys: Frame, on: readonly string[]): Uint8Array {
  const missing = new Uint8Array(keys.rows);
  for (const name of on) {
    const column = columnNamed(keys, name);
    for (let row = 0; row < keys.rows; row++) if (isMissing(column, row)) missing[row] = 1;
  }
  return missing;
}

function checkKey(left: Frame, right: Frame, name: string): void {
  const [one, other] = [
    columnNamed(left, name, "joinFrames: left"),
    columnNamed(right, name, "joinFrames: right"),
  ];
  if (one.kind === other.kind) return;
  throw tidelineError("ARGUMENT_INVALID", {
    who: "joinFrames",
    field: `key "${name}"`,
    expected: `a ${one.kind} column, as on the left`,
    received: `a ${other.kind} column`,
    remedy: "Cast one of them: castColumn.",
  });
}

function tooMany(total: number): Error {
  return tidelineError("ARGUMENT_INVALID", {
    who: "joinFrames",
    expected: "a result of at most 2^31 - 1 rows",
    received: String(total),
    remedy: "Keep one row of each key on one side: firstOfEach.",
  });
}
