import { tidelineError } from "@tideline/spec/error";
import type { Frame, FrameSource, RenamedColumn, SourceReadOptions } from "@tideline/learn/frame";
import type { RelationColumn } from "./relation-column.ts";

/** Rows of a piece: 40 columns of float64 are 20 MiB. */
export const PIECE_ROWS = 65_536;

/** What else is known of a source before it is read. */
export interface KnownOfSource {
  readonly rowCount?: number | undefined;
  readonly renamed?: readonly RenamedColumn[];
}

/** A source over known columns: `read` picks those that are asked. */
export function sourceOfColumns(
  columns: readonly RelationColumn[],
  read: (picked: readonly RelationColumn[], options: SourceReadOptions) => AsyncIterable<Frame>,
  { rowCount, renamed = [] }: KnownOfSource = {},
): FrameSource {
  return Object.freeze({
    schema: Object.freeze(columns.map(({ schema }) => schema)),
    ...(rowCount === undefined ? {} : { rowCount }),
    ...(renamed.length === 0 ? {} : { renamed: Object.freeze(renamed) }),
    read: (names?: readonly string[], { pieceRows, ...options }: SourceReadOptions = {}) =>
      read(
        names === undefined
          ? columns
          : names.map((name) => {
              const found = columns.find(({ schema }) => schema.name === name);
              if (found !== undefined) return found;
              const there = columns.map(({ schema }) => JSON.stringify(schema.name)).join(", ");
              throw tidelineError("ARGUMENT_INVALID", {
                who: "read",
                field: "columns",
                expected: `names among ${there}`,
                received: JSON.stringify(name),
              });
            }),
        pieceRows === undefined
          ? options
          : { ...options, pieceRows: Math.min(MOST_PIECE, Math.max(1, Math.trunc(pieceRows))) },
      ),
  });
}

/** Rows of a chunk of DuckDB. */
const CHUNK = 2048;

/** Rows of the largest piece. */
const MOST_PIECE = 2 ** 26;

/** Room for the rows of a piece. @throws ARGUMENT_INVALID for what is no integer in 1..2^26. */
export function pieceRows(who: string, rows: number): number {
  if (Number.isSafeInteger(rows) && rows >= 1 && rows <= MOST_PIECE) return Math.max(rows, CHUNK);
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field: "rows",
    expected: "an integer in 1..67108864, the rows of a piece",
    received: String(rows),
  });
}
