import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { storageError } from "../catalog/storage-error.ts";
import { crashPoint } from "../crash-point.ts";
import { adoptFile } from "./lake-file.ts";
import { filesSql } from "./scan.ts";
import type { LakeFile } from "./snapshot.ts";
import { identifier, literal } from "./sql-text.ts";
import { STAGE_BUCKET, stageName, stageSelection } from "./stage.ts";
import type { LakeColumn } from "./table-schema.ts";

/** New rows of a bucket of a table, and what the bucket holds already. */
export interface BucketRows {
  readonly table: string;
  readonly bucket: number;
  /** The columns that the table has now. */
  readonly columns: readonly LakeColumn[];
  /** The columns that the stage has: those that only older files have are missing. */
  readonly staged: readonly LakeColumn[];
  readonly rows: number;
  readonly min_time: number;
  readonly max_time: number;
  /** Files of the parent snapshot. */
  readonly files: readonly LakeFile[];
}

/**
 * Rows of a row group: a multiple of DuckDB's vector size. A group of frames of 64 samples and 6 channels has then
 * 12 MiB before compression, so that a writer or reader holds little; fixed, for it decides the bytes.
 */
export const ROW_GROUP = 8192;

/** A bucket with more small files than this has them merged by the compaction that adds the next one. */
const SMALL_FILES = 8;

/** Files from this size on are left alone: merging them would write much to spare little. */
const SMALL_BYTES = 32 * 1024 * 1024;

/** The columns by which rows stand in a file. Unique, or every column, so that the bytes depend on the rows only. */
function orderOf(columns: readonly LakeColumn[]): readonly string[] {
  const names = columns.map(({ name }) => name);
  const identity = ["subject", "install_id", "epoch", "seq"].filter((name) => names.includes(name));
  return identity.includes("seq") ? identity : names;
}

/**
 * Writes the new rows of a bucket as one file, together with the small files that are there once they are many, and
 * answers the bucket's files.
 *
 * @throws `DISK_FULL`, `FSYNC_FAILED`
 */
export async function writeBucket(
  connection: DuckDBConnection,
  { folder, temporary }: { readonly folder: string; readonly temporary: string },
  target: BucketRows,
): Promise<readonly LakeFile[]> {
  const small = target.files.filter((file) => file.bytes < SMALL_BYTES);
  const merged = small.length >= SMALL_FILES ? small : [];
  const fresh = `select ${stageSelection(target.staged)} from ${stageName(target.table)} where ${STAGE_BUCKET} = ${target.bucket}`;
  const names = target.columns.map(({ name }) => identifier(name)).join(", ");
  const rows = `select ${names} from (select * from ${filesSql(folder, merged, target.columns)} union all by name ${fresh})`;
  const order = orderOf(target.columns).map(identifier).join(", ");
  const path = join(temporary, `${randomUUID()}.parquet`);
  crashPoint("lake.compact.before_file");
  try {
    await connection.run(
      `copy (${rows} order by ${order}) to ${literal(path)} (format parquet, compression zstd, row_group_size ${ROW_GROUP})`,
    );
  } catch (cause) {
    throw storageError(cause, path);
  }
  const adopted = await adoptFile(folder, target.table, target.bucket, path);
  crashPoint("lake.compact.after_file");
  const file: LakeFile = {
    ...adopted,
    rows: target.rows + merged.reduce((sum, { rows }) => sum + rows, 0),
    bucket: target.bucket,
    min_time: Math.min(target.min_time, ...merged.map(({ min_time }) => min_time)),
    max_time: Math.max(target.max_time, ...merged.map(({ max_time }) => max_time)),
  };
  return [...target.files.filter((other) => !merged.includes(other)), file];
}
