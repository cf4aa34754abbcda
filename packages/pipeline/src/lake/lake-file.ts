import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import { makeFolder, syncPath } from "../catalog/durable-write.ts";
import { literal } from "./sql-text.ts";

/** SHA-256 of a file, in hexadecimal. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const block of createReadStream(path, { highWaterMark: 1 << 20 }))
    hash.update(block as Uint8Array);
  return hash.digest("hex");
}

/** Where a file of a table stands, relative to the folder. */
function lakeFilePath(table: string, bucket: number, sha256: string): string {
  return `lake/${table}/bucket=${bucket}/${sha256}.parquet`;
}

/**
 * Moves a finished temporary file to its content address. The bytes are durable afterwards; the name is once its
 * folder is synced, which the caller does for many files together. What stands there already is the same bytes and
 * stays.
 */
export async function adoptFile(
  folder: string,
  table: string,
  bucket: number,
  temporary: string,
): Promise<{ path: string; sha256: string; bytes: number }> {
  await syncPath(temporary);
  const sha256 = await hashFile(temporary);
  const path = lakeFilePath(table, bucket, sha256);
  const target = join(folder, path);
  const { size: bytes } = await stat(temporary);
  await makeFolder(dirname(target));
  const there = await stat(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (there === undefined) await rename(temporary, target);
  else await rm(temporary);
  return { path, sha256, bytes };
}

/** Parquet files below a folder, relative to the root, in order; none where it is not there. */
export async function parquetFiles(root: string, below: string): Promise<readonly string[]> {
  const entries = await readdir(below, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    },
  );
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".parquet"))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll(sep, "/"))
    .sort();
}

/** A file's rows as a relation. */
export const fileSql = (root: string, path: string): string =>
  `read_parquet(${literal(join(root, path))}, hive_partitioning = false)`;
