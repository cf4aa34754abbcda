import { join } from "node:path";
import { DuckDBInstance, type DuckDBConnection } from "@duckdb/node-api";
import { unusable } from "./evidence.ts";
import type { Manifest } from "./manifest.ts";

/** A row by column name; times are milliseconds since 1970, lists are arrays. */
export type Row = Readonly<Record<string, unknown>>;

/** The Parquet files of a snapshot behind DuckDB. */
export interface Lake {
  readonly manifest: Manifest;
  readonly connection: DuckDBConnection;
  /** A table of the snapshot, usable after FROM; empty where it has no files. */
  relation(table: string): string;
  /** Every row of a query; 64-bit integers as numbers. */
  rows(sql: string): Promise<readonly Row[]>;
  close(): void;
}

/** A name in SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text in SQL. */
export function text(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

function plain(value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}

/** Opens the files of a manifest, read-only. */
export async function openLake(folder: string, manifest: Manifest): Promise<Lake> {
  const instance = await DuckDBInstance.create(":memory:", {
    threads: "2",
    memory_limit: "1GiB",
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  const connection = await instance.connect();
  await connection.run("set timezone = 'UTC'");

  const relation = (table: string): string => {
    const { columns, files } = manifest.tables[table] ?? { columns: [], files: [] };
    const names = columns.map(({ name }) => quoted(name)).join(", ") || "1 as nothing";
    const empty =
      columns.map(({ name, type }) => `cast(null as ${type}) as ${quoted(name)}`).join(", ") ||
      "1 as nothing";
    if (files.length === 0) return `(select ${empty} where false)`;
    const paths = files.map(({ path }) => text(join(folder, path))).join(", ");
    // A file that was written before a column was declared lacks it: NULL.
    return `(select ${names} from (select ${empty} where false union all by name
      select * from read_parquet([${paths}], union_by_name = true, hive_partitioning = false)))`;
  };

  const rows = async (sql: string): Promise<readonly Row[]> => {
    const reader = await connection.runAndReadAll(sql).catch((cause: unknown) => {
      throw unusable(`DuckDB cannot read the evidence: ${(cause as Error).message}`, cause);
    });
    const objects = reader.getRowObjectsJS() as Record<string, unknown>[];
    return objects.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])),
    );
  };

  return {
    manifest,
    connection,
    relation,
    rows,
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}
