import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { DuckDBInstance } from "@duckdb/node-api";
import type { Columns } from "./column-reader.ts";
import { joinColumns, readChunk } from "./column-reader.ts";
import { END, lostError, withEnd, withoutLast } from "./whole-stream.ts";

/** A DuckDB in memory that reads and writes the lake's Parquet files. */
export interface Engine {
  /** The connection that `run` and `columns` use; one query at a time. */
  readonly connection: DuckDBConnection;
  /** The folder below which it spills. */
  readonly temporary: string;
  /** A further connection, for queries side by side; its tables are the same. */
  connect(): Promise<DuckDBConnection>;
  /** Runs statements for their effect. */
  run(sql: string): Promise<void>;
  /** The whole result of a query, by column. */
  columns(sql: string): Promise<Columns>;
  /**
   * The result of a query in pieces of about 2,048 rows, as they come, whatever else is asked meanwhile. Its columns have names
   * of their own. A query that fails on its way is an error, however many rows came before.
   */
  stream(sql: string): AsyncIterable<Columns>;
  close(): Promise<void>;
}

/** Options of {@link openEngine}. */
export interface EngineOptions {
  /** Where it may spill what does not fit into memory: a folder's `temporary`. */
  readonly temporary: string;
  /** One thread makes file bytes reproducible; reading may use more. Default 2. */
  readonly threads?: number;
  /** Upper bound of its memory in MiB; beyond it spills. Default 256. */
  readonly memory?: number;
}

/**
 * Opens an engine. Nothing of it lasts: tables that a query makes are gone when it is closed.
 *
 * @example
 * const engine = await openEngine({ temporary: layout.temporary });
 * const { label, rows } = await engine.columns(`select label, count(*) as rows from ${relation} group by label`);
 */
export async function openEngine({ temporary, threads = 2, memory = 256 }: EngineOptions): Promise<Engine> {
  const spill = join(temporary, `duckdb-${randomUUID()}`);
  const instance = await DuckDBInstance.create(":memory:", {
    temp_directory: spill,
    threads: String(threads),
    memory_limit: `${memory}MiB`,
    // Files are on disks whose pages the system keeps already; a copy of each that was read would fill the bound above.
    enable_external_file_cache: "false",
    // What a task has freed goes back to the system; otherwise every thread keeps tens of MB that it needed once.
    allocator_flush_threshold: "8MiB",
    // Everything needed is built in: nothing is fetched from a network.
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  const open = async (): Promise<DuckDBConnection> => {
    const connection = await instance.connect();
    await connection.run("set timezone = 'UTC'");
    return connection;
  };
  const connection = await open();
  async function* stream(sql: string): AsyncGenerator<Columns> {
    // DuckDB ends an open stream, without an error, when its connection is given another query.
    const own = await open();
    try {
      const result = await own.stream(withEnd(sql));
      const names = result.columnNames();
      for (let chunk = await result.fetchChunk(); chunk !== null; chunk = await result.fetchChunk()) {
        if (chunk.rowCount === 0) break;
        const { [END]: last, ...columns } = readChunk(chunk, names);
        if ((last as Float64Array).at(-1) !== 1) yield columns;
        else {
          if (chunk.rowCount > 1) yield withoutLast(columns);
          return;
        }
      }
      throw await lostError(own, sql);
    } finally {
      own.closeSync();
    }
  }
  return Object.freeze({
    connection,
    temporary,
    connect: open,
    run: async (sql: string) => {
      await connection.run(sql);
    },
    columns: async (sql: string) => {
      const result = await connection.run(sql);
      const names = result.columnNames();
      const chunks = await result.fetchAllChunks();
      return joinColumns(
        chunks.map((chunk) => readChunk(chunk, names)),
        names,
        result.columnTypes(),
      );
    },
    stream,
    close: async () => {
      connection.closeSync();
      instance.closeSync();
      // Below what is no folder nothing was spilled.
      await rm(spill, { recursive: true, force: true }).catch((cause: NodeJS.ErrnoException) => {
        if (cause.code !== "ENOTDIR") throw cause;
      });
    },
  });
}
