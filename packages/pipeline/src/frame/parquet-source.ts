import type { ColumnSchema, Frame, FrameSource } from "@tideline/learn/frame";
import { texts, type Engine } from "../lake/index.ts";
import { borrowEngine, pathList, withEngine, type FileEngineOptions } from "./own-engine.ts";
import type { RelationColumn } from "./relation-column.ts";
import { readSchemaText, SCHEMA_KEY } from "./schema-text.ts";
import { describeRelation, readQuery, sourceOfColumns } from "./relation-source.ts";

/** Options of {@link parquetSource}. */
export interface ParquetSourceOptions extends FileEngineOptions {
  /** Rows of a piece at most. Default 65,536. */
  readonly rows?: number;
}

/**
 * Parquet files (paths or patterns, rows in the order of the files) as a source of frames. Only the columns that are
 * asked are read. What {@link import("./write-parquet.ts").writeParquet} wrote comes back with its kinds, widths and
 * units.
 *
 * @throws DATA_NOT_FOUND, DATA_MALFORMED for files that are no Parquet or disagree, ARGUMENT_INVALID for a type that no
 *   column holds.
 * @example
 * const source = await parquetSource("taps.parquet");
 * for await (const rows of source.read(["user", "price"])) add(rows);
 */
export async function parquetSource(
  paths: string | readonly string[],
  options: ParquetSourceOptions = {},
): Promise<FrameSource> {
  const list = await pathList("parquetSource", paths, options);
  const who = `parquetSource: ${String(paths)}`;
  const relation = `read_parquet(${list})`;
  const [columns, rowCount] = await withEngine(options, async (engine) => [
    await describeRelation(engine, relation, who, await declaredColumns(engine, list)),
    await declaredRows(engine, list),
  ]);
  const read = async function* read(
    picked: readonly RelationColumn[],
    rows = options.rows,
  ): AsyncGenerator<Frame> {
    const { engine, release } = await borrowEngine(options);
    try {
      const query = `select ${picked.map(({ sql }) => sql).join(", ")} from ${relation} as t`;
      yield* readQuery(engine, query, picked, who, { rows });
    } finally {
      await release();
    }
  };
  return sourceOfColumns(columns, read, rowCount);
}

/** Rows of the files, as their ends say. */
async function declaredRows(engine: Engine, list: string): Promise<number | undefined> {
  const query = `select sum(num_rows)::varchar as rows from parquet_file_metadata(${list})`;
  const found = await engine.columns(query).catch(() => undefined);
  const rows = Number(found === undefined ? Number.NaN : (texts(found, "rows")[0] ?? Number.NaN));
  return Number.isSafeInteger(rows) ? rows : undefined;
}

/** What the writer of the files said of their columns. */
async function declaredColumns(engine: Engine, list: string): Promise<readonly ColumnSchema[]> {
  const query = `select distinct decode(value) as text from parquet_kv_metadata(${list}) where decode(key) = '${SCHEMA_KEY}'`;
  const found = await engine.columns(query).catch(() => undefined);
  const said = found === undefined ? [] : texts(found, "text");
  return said.length === 1 ? readSchemaText(said[0]!) : [];
}
