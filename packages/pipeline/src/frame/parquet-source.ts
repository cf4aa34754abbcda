import type { Frame, FrameSource, SourceReadOptions } from "@tideline/learn/frame";
import { tidelineError } from "@tideline/spec/error";
import { needKnown, type FieldsOf } from "../known-field.ts";
import type { ColumnThreads } from "./column-threads.ts";
import { planFiles, type PlannedColumn } from "./parquet/parquet-plan.ts";
import { readColumns } from "./parquet/read-columns.ts";
import { expandFiles, needTemporary, type FileEngineOptions } from "./own-engine.ts";
import type { RelationColumn } from "./relation-column.ts";
import { PIECE_ROWS, pieceRows, sourceOfColumns } from "./source-of-columns.ts";

/** Options of {@link parquetSource}. */
export interface ParquetSourceOptions extends FileEngineOptions {
  /** Rows of a piece at most. Default 65,536. */
  readonly rows?: number;
  /**
   * Keeps values in memory that threads share (SharedArrayBuffer), so that a crew of threads transforms them without a copy
   * ({@link import("./column-threads.ts").nodeColumnThreads}). Columns that the engine must read are not. Default false: some
   * interfaces (TextDecoder, fetch) refuse such memory.
   */
  readonly shared?: boolean;
  /** Threads that are there already, which read with this one. Default: `threads` of their own, which are started and end. */
  readonly crew?: Pick<ColumnThreads, "hands">;
  /**
   * `"text"` gives columns of types that no frame holds (lists of texts, records, maps) as the engine writes them as text.
   * Default: they are an error.
   */
  readonly nested?: "text";
}

const OPTIONS: FieldsOf<ParquetSourceOptions> = {
  rows: true,
  shared: true,
  crew: true,
  nested: true,
  engine: true,
  temporary: true,
  threads: true,
  memory: true,
};

/**
 * Parquet files (paths or patterns, rows in the order of the files) as a source of frames. Only the columns that are
 * asked are read. What {@link import("./write-parquet.ts").writeParquet} wrote comes back with its kinds, widths and
 * units.
 *
 * Flat columns of numbers, truths, texts and times in any encoding are read by threads of Node (two unless `threads` says
 * otherwise), which compare each page with the checksum that its writer may have kept; whatever else is among those asked
 * (lists, decimals, blobs, pages packed by LZ4, folders that name values) is read by an engine in a process of its own, which is
 * started then and which damaged pages may end; an `engine` that is given reads in this one. Both give the same frames but for
 * where pieces end. Of columns with one
 * name all but the first get another, which `renamed` of the source says.
 *
 * @throws DATA_NOT_FOUND, DATA_MALFORMED for files that are no Parquet or disagree, ARGUMENT_INVALID for a type that no
 *   column holds, unless `nested` says how.
 * @example
 * const source = await parquetSource("taps.parquet");
 * for await (const rows of source.read(["user", "price"])) add(rows);
 */
export async function parquetSource(
  paths: string | readonly string[],
  options: ParquetSourceOptions = {},
): Promise<FrameSource> {
  const who = `parquetSource: ${String(paths)}`;
  needKnown("parquetSource", undefined, options, OPTIONS);
  const { rows: most = PIECE_ROWS, threads = 2, shared = false, crew, nested } = options;
  pieceRows(who, most);
  if (!Number.isSafeInteger(threads) || threads < 1 || threads > 256)
    throw tidelineError("ARGUMENT_INVALID", {
      who,
      field: "threads",
      expected: "an integer in 1..256",
      received: String(threads),
    });
  await needTemporary("parquetSource", options.temporary);
  const files = await expandFiles("parquetSource", paths, options);
  const plan = await planFiles(files);
  const planned = new Map(
    plan?.columns.flatMap((column) => (column === undefined ? [] : [[column.schema.name, column]])),
  );
  const whole = plan !== undefined && planned.size === plan.columns.length;
  const engine = whole
    ? undefined
    : await (await import("./engine-process.ts")).engineProcess(who, files, options, nested);
  const columns: readonly RelationColumn[] =
    engine?.columns ?? plan!.columns.map((column) => ({ schema: column!.schema, sql: "" }));
  const read = (
    picked: readonly RelationColumn[],
    { pieceRows: rows = most, passing = false }: SourceReadOptions,
  ): AsyncIterable<Frame> => {
    const own = picked.map(({ schema: { name } }) => planned.get(name));
    return own.every((column): column is PlannedColumn => column !== undefined)
      ? readColumns(
          who,
          own.map(({ schema, plan }) => ({ schema, plan: { ...plan, shared, passing } })),
          plan!.rows,
          rowsAtOnce(own, rows),
          crew?.hands ?? threads,
        )
      : engine!.read(picked, rows);
  };
  const rowCount = plan?.rows ?? engine?.rowCount;
  return sourceOfColumns(columns, read, { rowCount, ...(engine && { renamed: engine.renamed }) });
}

/** Rows that a byte of a column may stand for where room is made for all of them: a place of a bit each, packed to a hundredth. */
const MOST_OF_BYTE = 800;

/** Rows of a piece for which room is made, because a file says so, before they are there: as many as its bytes may hold. */
function rowsAtOnce(columns: readonly PlannedColumn[], rows: number): number {
  const bytes = columns.map(({ plan }) => plan.chunks.reduce((sum, { length }) => sum + length, 0));
  return Math.min(rows, Math.max(PIECE_ROWS, Math.max(0, ...bytes) * MOST_OF_BYTE));
}
