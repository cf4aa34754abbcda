import { join } from "node:path";
import { tidelineError } from "@tideline/spec";
import type { LakeFile, LakeTable, Snapshot } from "./snapshot.ts";
import { identifier, literal } from "./sql-text.ts";
import { STANDING, STANDING_COLUMNS, type LakeColumn } from "./table-schema.ts";

/** Which part of a table to read. */
export interface ScanOptions {
  /** Only these buckets. */
  readonly buckets?: readonly number[];
  /** Only rows whose `time` is this or later, milliseconds since 1970; files before it are not opened. */
  readonly since?: number;
}

/** What stands of events that are gone, where none are. */
const NOTHING_STANDS: LakeTable = Object.freeze({ columns: STANDING_COLUMNS, rows: 0, files: [] });

/** A table of a snapshot. @throws `NOT_FOUND` naming the tables that there are. */
export function tableOf(snapshot: Snapshot, table: string): LakeTable {
  const found = snapshot.manifest.tables[table];
  if (found !== undefined) return found;
  if (table === STANDING) return NOTHING_STANDS;
  const expected = `one of ${Object.keys(snapshot.manifest.tables).join(", ")}`;
  throw tidelineError("NOT_FOUND", {
    who: `snapshot ${snapshot.id}`,
    field: "table",
    expected,
    received: table,
  });
}

/** A relation over files, with exactly the given columns: one that a file lacks is NULL in its rows. */
export function filesSql(folder: string, files: readonly LakeFile[], columns: readonly LakeColumn[]): string {
  const typed = columns.map(({ name, type }) => `cast(null as ${type}) as ${identifier(name)}`).join(", ");
  const empty = `select ${typed} where false`;
  if (files.length === 0) return `(${empty})`;
  const paths = files.map((file) => literal(join(folder, file.path))).join(", ");
  const rows = `select * from read_parquet([${paths}], union_by_name = true, hive_partitioning = false)`;
  const names = columns.map(({ name }) => identifier(name)).join(", ");
  return `(select ${names} from (${empty} union all by name ${rows}))`;
}

/**
 * A table of a snapshot as a relation of DuckDB's SQL, to be put after `from`. A table without files is empty and
 * has its types.
 *
 * @example
 * await engine.columns(`select target, count(*) as taps from ${tableSql(snapshot, "tap")} group by target`);
 */
export function tableSql(snapshot: Snapshot, table: string, { buckets, since }: ScanOptions = {}): string {
  const { columns, files } = tableOf(snapshot, table);
  const wanted = files.filter(
    (file) =>
      (buckets === undefined || buckets.includes(file.bucket)) &&
      (since === undefined || file.max_time >= since),
  );
  const relation = filesSql(snapshot.folder, wanted, columns);
  return since === undefined
    ? relation
    : `(select * from ${relation} where time >= epoch_ms(${Math.ceil(since)}))`;
}
