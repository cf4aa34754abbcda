import type { DuckDBAppender, DuckDBConnection } from "@duckdb/node-api";
import { emptyFrame, type Frame, type FrameSource } from "@tideline/learn/frame";
import { needKnown, type FieldsOf } from "../known-field.ts";
import { identifier, literal } from "../lake/sql-text.ts";
import { writeAtomically } from "./atomic-file.ts";
import { differInCase, stoodFor } from "./column-name.ts";
import { memoryError, needTemporary, withEngine, type FileEngineOptions } from "./own-engine.ts";
import { renameColumns } from "./parquet/rename-columns.ts";
import { SCHEMA_KEY, schemaText } from "./schema-text.ts";
import { asSource, needColumns, type Written } from "./write-lines.ts";
import { widerType } from "./wider-type.ts";

/** Options of {@link writeParquet}. */
export interface WriteParquetOptions extends Omit<FileEngineOptions, "engine"> {
  /** Default `"zstd"`. */
  readonly compression?: "zstd" | "snappy" | "none";
  /** Rows of a group: what a reader skips or reads at once. Default 122,880. */
  readonly group?: number;
}

const OPTIONS: FieldsOf<WriteParquetOptions> = {
  compression: true,
  group: true,
  temporary: true,
  threads: true,
  memory: true,
};

/**
 * Writes frames to a Parquet file, whole or not at all; the columns keep their types, and `parquetSource` gives the same
 * frames. Missing values are NULL, NaN within vectors and series stays NaN. Pieces are gathered by an engine that spills
 * what does not fit its memory; where they disagree in the width of numbers, the wider type is taken.
 *
 * @throws ARGUMENT_INVALID for a path at which no file can be written, and rows without a column; DISK_FULL, FSYNC_FAILED,
 *   and what the source throws.
 * @example
 * await writeParquet("taps.parquet", rows);
 */
export async function writeParquet(
  path: string,
  rows: Frame | FrameSource,
  given: WriteParquetOptions = {},
): Promise<Written> {
  needKnown("writeParquet", undefined, given, OPTIONS);
  const { compression = "zstd", group = 122_880, ...options } = given;
  await needTemporary("writeParquet", options.temporary);
  const source = asSource("writeParquet", rows);
  needColumns("writeParquet", source);
  const lacking = (error: unknown): never => {
    throw memoryError(`writeParquet: ${path}`, error) ?? error;
  };
  return writeAtomically("writeParquet", path, (temporary) =>
    withEngine(options, async (engine) => {
      const names = source.schema.map(({ name }) => name);
      const stood = differInCase(names);
      const table = await startTable(engine.connection, stood ? names.map((_, at) => stoodFor(at)) : names);
      let count = 0;
      for await (const piece of source.read()) {
        await table.add(piece);
        count += piece.rows;
      }
      if (count === 0) await table.add(emptyFrame(source.schema));
      table.close();
      const codec = compression === "none" ? "uncompressed" : compression;
      await engine.run(`copy ${TABLE} to ${literal(temporary)} (format parquet, compression ${codec}, row_group_size ${group},
        kv_metadata {${literal(SCHEMA_KEY)}: ${literal(schemaText(source.schema))}})`);
      if (stood) await renameColumns(temporary, new Map(names.map((name, at) => [stoodFor(at), name])));
      return { rows: count };
    }).catch(lacking),
  );
}

const TABLE = "written_frames";

/** A table of the engine that takes pieces and widens its columns where one asks for it. */
async function startTable(connection: DuckDBConnection, names: readonly string[]) {
  // It needs the binding, which a process that writes no Parquet does without.
  const { chunksOfFrame, typeOfColumn } = await import("./chunk-of-frame.ts");
  let types: string[] | undefined;
  let appender: DuckDBAppender | undefined;
  const close = (): void => {
    appender?.closeSync();
    appender = undefined;
  };
  const widen = async (own: readonly string[]): Promise<void> => {
    for (const [at, type] of own.entries()) {
      const wider = widerType(types![at]!, type);
      if (wider === types![at]) continue;
      close();
      await connection.run(`alter table ${TABLE} alter ${identifier(names[at]!)} type ${wider}`);
      types![at] = wider;
    }
  };
  return {
    async add({ rows, columns }: Frame): Promise<void> {
      const own = columns.map((column) => String(typeOfColumn(column)));
      if (types === undefined) {
        types = [...own];
        const list = names.map((name, at) => `${identifier(name)} ${own[at]}`).join(", ");
        await connection.run(`create table ${TABLE} (${list})`);
      } else await widen(own);
      appender ??= await connection.createAppender(TABLE);
      for (const chunk of chunksOfFrame({ rows, columns })) appender.appendDataChunk(chunk);
      appender.flushSync();
    },
    close,
  };
}
