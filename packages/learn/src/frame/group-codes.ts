import { tidelineError } from "@tideline/spec/error";
import { codeTable } from "./code-table.ts";
import { columnCodes } from "./column-codes.ts";
import type { Frame } from "./column.ts";
import { columnNamed } from "./frame.ts";

/** Rows by what their key columns hold. */
export interface Groups {
  /** [rows], the group of each row; groups are numbered in the order of their first rows. */
  readonly codes: Int32Array;
  /** How many groups there are. */
  readonly count: number;
  /** [count], the first row of each group. */
  readonly first: Int32Array;
}

/**
 * The groups of rows that agree in the named columns. A missing value is equal to a missing one, -0 to 0.
 *
 * @throws ARGUMENT_INVALID for no names, a column that is absent, or one of vectors, series or bytes.
 * @example
 * const { codes, count } = groupCodes(rows, ["person", "day"]);
 */
export function groupCodes(rows: Frame, names: readonly string[], who = "groupCodes"): Groups {
  if (names.length === 0)
    throw tidelineError("ARGUMENT_INVALID", {
      who,
      field: "names",
      expected: "at least one",
      received: "none",
    });
  let codes: Int32Array | undefined;
  let count = 1;
  for (const name of names) {
    const own = columnCodes(columnNamed(rows, name, who), who);
    if (codes === undefined) [codes, count] = [own.codes, own.count];
    else ({ codes, count } = combine(codes, own.codes));
  }
  return numbered(codes!, count);
}

function combine(
  left: Int32Array,
  right: Int32Array,
): { readonly codes: Int32Array; readonly count: number } {
  const table = codeTable();
  const codes = new Int32Array(left.length);
  for (let row = 0; row < codes.length; row++) codes[row] = table.codeOf(left[row]!, right[row]!);
  return { codes, count: table.size };
}

/** Codes in the order of their first rows; -1 becomes a group of its own. */
function numbered(codes: Int32Array, count: number): Groups {
  const places = new Int32Array(count + 1).fill(-1);
  const out = new Int32Array(codes.length);
  const first = new Int32Array(Math.min(count + 1, codes.length));
  let groups = 0;
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row]! + 1;
    let group = places[code]!;
    if (group < 0) {
      group = places[code] = groups;
      first[groups++] = row;
    }
    out[row] = group;
  }
  return Object.freeze({ codes: out, count: groups, first: first.slice(0, groups) });
}
