import { readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { hashOf, put, sorted, writeParquet, type Table } from "./file.ts";

/** Writes the tables as content-addressed files with a manifest; answers the snapshot's id. */
export async function writeLake(folder: string, tables: Readonly<Record<string, Table>>): Promise<string> {
  const names = Object.keys(tables);
  await writeParquet(
    folder,
    Object.fromEntries(names.map((name) => [`lake/${name}/bucket=0/new.parquet`, tables[name]!])),
  );
  const written = names.map((name) => {
    const bytes = readFileSync(join(folder, `lake/${name}/bucket=0/new.parquet`));
    const sha256 = hashOf(bytes);
    const path = `lake/${name}/bucket=0/${sha256}.parquet`;
    renameSync(join(folder, `lake/${name}/bucket=0/new.parquet`), join(folder, path));
    const rows = tables[name]!.rows.length;
    const columns = Object.entries(tables[name]!.columns).map(([column, type]) => ({ name: column, type }));
    return [name, { columns, rows, files: [{ path, sha256, bytes: bytes.length, rows }] }];
  });
  const manifest = sorted({ format: 1, parent: null, tables: Object.fromEntries(written), counts: {} });
  const id = hashOf(manifest);
  put(folder, `lake/snapshots/${id}.json`, manifest);
  return id;
}
