import { readdir } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { folderLayout, readTextIfThere } from "../catalog/index.ts";
import {
  literal,
  manifestPath,
  numbers,
  RECEIPT,
  texts,
  type Engine,
  type SnapshotManifest,
} from "../lake/index.ts";
import { subjectSql } from "./find-person.ts";
import { inScope, type SubjectScope } from "./scope.ts";

/** A Parquet file of the lake that holds rows of a scope. */
export interface HoldingFile {
  /** Relative to the folder, as manifests name it. */
  readonly path: string;
  readonly table: string;
  /** Rows in scope. */
  readonly rows: number;
  /** Installs and pseudonyms of these rows: what takes them out again. */
  readonly installs: readonly string[];
  readonly subjects: readonly string[];
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

/** Which rows of a file are in scope. */
async function rowsInScope(engine: Engine, root: string, path: string, scope: SubjectScope) {
  const table = path.split("/")[1]!;
  const subject = table === RECEIPT ? "cast(null as varchar)" : subjectSql(table);
  const columns = await engine.columns(
    `select install_id, ${subject} as subject, count(*)::double as rows
       from read_parquet(${literal(join(root, path))}, hive_partitioning = false) group by all`,
  );
  const [installs, subjects] = [new Set<string>(), new Set<string>()];
  const subjectOf = texts(columns, "subject");
  const count = numbers(columns, "rows");
  let rows = 0;
  for (const [row, install] of texts(columns, "install_id").entries()) {
    if (!inScope(scope, install!, subjectOf[row]!)) continue;
    rows += count[row]!;
    if (scope.hasInstall(install!)) installs.add(install!);
    else subjects.add(subjectOf[row]!);
  }
  return { table, rows, installs: [...installs].sort(), subjects: [...subjects].sort() };
}

/** Files on the disk, of whatever snapshot or of none, that hold rows of a scope. */
export async function holdingFiles(
  engine: Engine,
  root: string,
  scope: SubjectScope,
): Promise<readonly HoldingFile[]> {
  const found: HoldingFile[] = [];
  for (const path of await parquetFiles(root, folderLayout(root).lake)) {
    const rows = await rowsInScope(engine, root, path, scope);
    if (rows.rows > 0) found.push({ path, ...rows });
  }
  return found;
}

/** SQL that holds for the rows of a file that are not in scope. */
export function keptSql({ table, installs, subjects }: HoldingFile): string {
  const subject = table === RECEIPT ? "cast(null as varchar)" : subjectSql(table);
  const among = (column: string, names: readonly string[]): string =>
    names.length === 0 ? "false" : `coalesce(${column} in (${names.map(literal).join(", ")}), false)`;
  return `not (${among("install_id", installs)} or ${among(subject, subjects)})`;
}

/** A manifest as it stands, also of a snapshot that was superseded; null where it is gone. */
export async function readManifest(root: string, id: string): Promise<SnapshotManifest | null> {
  const text = await readTextIfThere(manifestPath(root, id));
  return text === undefined ? null : (JSON.parse(text) as SnapshotManifest);
}

/** Paths of every file of a manifest. */
export const manifestFiles = (manifest: SnapshotManifest): readonly string[] =>
  Object.values(manifest.tables).flatMap(({ files }) => files.map(({ path }) => path));
