import { messageOf, isTidelineError, tidelineError } from "@tideline/spec/error";
import {
  filterRows,
  frame,
  isValid,
  type ColumnSchema,
  type Frame,
  type FrameSource,
} from "@tideline/learn/frame";
import type { DuckDBConnection, DuckDBResult, DuckDBVarCharVector, DuckDBVector } from "@duckdb/node-api";
import { texts } from "../lake/column-access.ts";
import type { Engine } from "../lake/index.ts";
import { lostError, withEnd } from "../lake/whole-stream.ts";
import { bytesOf, validityOf } from "./vector-access.ts";
import { TEXT_LENGTH } from "./rejected-row.ts";
import { memoryError, spillError } from "./own-engine.ts";
import { relationColumn, type RelationColumn } from "./relation-column.ts";
import { PIECE_ROWS, pieceRows, sourceOfColumns } from "./source-of-columns.ts";

/** Options of {@link relationSource}. */
export interface RelationSourceOptions {
  /** Rows of a piece at most. Default 65,536. */
  readonly rows?: number;
}

/**
 * A relation of an engine's SQL (a query in parentheses, a table, `read_parquet('taps.parquet')`) as a source of frames.
 * NULL is missing; see `relationColumn` for types. Each `read` asks anew, on a connection of its own that is closed when
 * the reader stops.
 *
 * @throws ARGUMENT_INVALID for a type that no column holds, DATA_MALFORMED for a relation that the engine cannot read.
 * @example
 * const source = await relationSource(engine, "(select user, price from taps where price > 0)");
 * for await (const rows of source.read(["price"])) add(rows);
 */
export async function relationSource(
  engine: Engine,
  relation: string,
  options: RelationSourceOptions = {},
): Promise<FrameSource> {
  const columns = await describeRelation(engine, relation, "relationSource");
  return sourceOfColumns(columns, (picked) => {
    const query = `select ${picked.map(({ sql }) => sql).join(", ")} from ${relation} as t`;
    return readQuery(engine, query, picked, "relationSource", options);
  });
}

/** The columns of a relation as frames hold them. */
export async function describeRelation(
  engine: Engine,
  relation: string,
  who: string,
  declared: readonly ColumnSchema[] = [],
  make = relationColumn,
): Promise<readonly RelationColumn[]> {
  const described = await engine
    .columns(`select column_name, column_type from (describe select * from ${relation} as t)`)
    .catch((error: unknown) => {
      throw malformed(who, error, engine);
    });
  const types = texts(described, "column_type");
  return texts(described, "column_name").map((name, at) =>
    make(
      who,
      name!,
      types[at]!,
      declared.find((one) => one.name === name),
    ),
  );
}

/** Options of {@link readQuery}. */
export interface ReadQueryOptions {
  /** Rows of a piece at most. */
  readonly rows?: number | undefined;
  /** Which column of the query each of `columns` is. Default: the same place. */
  readonly places?: readonly number[];
  /** How many columns the query has. Default: as many as `columns`. */
  readonly width?: number;
  /** A column of texts of the query: NULL, or what is wrong with a row, which then is left out and told by its number. */
  readonly fault?: { readonly place: number; readonly tell: (row: number, text: string) => void };
  /** Called with the connection after the last row, or when the reader stops before. */
  readonly closing?: (connection: DuckDBConnection) => Promise<void>;
}

/** The rows of a query in pieces. The connection is closed when they end, fail, or are left. */
export async function* readQuery(
  engine: Engine,
  query: string,
  columns: readonly RelationColumn[],
  who: string,
  { rows = PIECE_ROWS, places, width = columns.length, fault, closing }: ReadQueryOptions = {},
): AsyncGenerator<Frame> {
  const capacity = pieceRows(who, rows);
  // It needs the binding, which a process that asks no engine does without.
  const { columnFill } = await import("./fill-column.ts");
  const connection = await engine.connect();
  let ended = false;
  let coming: ReturnType<DuckDBResult["fetchChunk"]> | undefined;
  try {
    const result = await connection.stream(withEnd(query, width));
    const fills = columns.map(({ schema }) => columnFill(schema, capacity));
    let bad: number[] = [];
    const piece = (count: number): Frame => {
      const all = frame(fills.map((fill) => fill.piece()));
      if (bad.length === 0) return all;
      const keep = new Uint8Array(count).fill(1);
      for (const row of bad) keep[row] = 0;
      bad = [];
      return filterRows(all, keep);
    };
    let [held, seen] = [0, 0];
    coming = result.fetchChunk();
    for (let chunk = await coming; chunk !== null; chunk = await coming) {
      if (chunk.rowCount === 0) break;
      // The engine makes the next chunk while this one is copied.
      coming = result.fetchChunk();
      coming.catch(() => undefined);
      if (ended) throw new Error("rows came after the last one");
      ended = bytesOf(chunk.getColumnVector(chunk.columnCount - 1))[chunk.rowCount - 1] === 1;
      const count = chunk.rowCount - Number(ended);
      if (held + count > capacity) {
        yield piece(held);
        held = 0;
      }
      if (fault !== undefined)
        for (const [row, text] of faultsOf(chunk.getColumnVector(fault.place), count)) {
          fault.tell(seen + row, text);
          bad.push(held + row);
        }
      for (let at = 0; at < fills.length; at++)
        fills[at]!.add(chunk.getColumnVector(places?.[at] ?? at), count);
      held += count;
      seen += count;
    }
    if (!ended) throw await lostError(connection, query);
    if (held > 0) yield piece(held);
  } catch (error) {
    throw malformed(who, error, engine);
  } finally {
    try {
      await coming?.catch(() => undefined);
      // Another query ends a stream that is open yet, and with it the engine's hold of its files.
      if (!ended) await connection.run("select 1");
      await closing?.(connection);
    } finally {
      connection.closeSync();
    }
  }
}

/** The rows of a vector of texts that are not NULL. */
function* faultsOf(vector: DuckDBVector, count: number): Generator<readonly [row: number, text: string]> {
  const bits = validityOf(vector);
  for (let row = 0; row < count; row++) {
    // Eight rows at a time while none has any.
    if ((row & 7) === 0 && bits?.[row >> 3] === 0) row += 7;
    else if (isValid(bits, row)) yield [row, (vector as DuckDBVarCharVector).getItem(row)!];
  }
}

/** What the engine says of rows that it cannot read, as an error of the project. */
export function malformed(who: string, error: unknown, engine?: Engine): Error {
  if (isTidelineError(error)) return error;
  const lacking = memoryError(who, error) ?? (engine && spillError(error, engine.temporary));
  if (lacking !== undefined) return lacking;
  return tidelineError("DATA_MALFORMED", {
    who,
    expected: "rows that the engine can read",
    received: shortened(messageOf(error)),
    cause: error,
  });
}

/**
 * What the engine says without its advice on options, which are not the reader's: of a fault in a CSV file the line, what
 * is wrong with it, and its text.
 */
function shortened(message: string): string {
  const told = message
    .split(
      /\n\s*(?:Possible |file\s*=|Column [^\n]* is being converted as |LINE \d+:|The search space used was)/u,
      1,
    )[0]!
    .trim();
  const found = /CSV Error on Line: (\d+)\nOriginal Line: ?([\s\S]*)\n([^\n]+)$/u.exec(told);
  if (found === null) return told.replaceAll(/\s*\n\s*/gu, " ");
  const [, line, text, fault] = found;
  return `line ${line}: ${fault!.replace(/[.\s]+$/u, "")}: ${JSON.stringify(text!.trimEnd().slice(0, TEXT_LENGTH))}`;
}
