import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Catalog } from "../catalog/catalog.ts";
import { commit } from "../catalog/catalog.ts";
import { makeFolder, syncPath, writeDurably } from "../catalog/durable-write.ts";
import { storageError } from "../catalog/storage-error.ts";
import type { Owner } from "../catalog/owner.ts";
import { listSnapshots, recordSnapshot, supersedeSnapshot } from "../catalog/snapshot-row.ts";
import { crashPoint, type CrashPoint } from "../crash-point.ts";
import { numbers } from "./column-access.ts";
import { snapshotRow } from "./compact.ts";
import type { Engine } from "./engine.ts";
import { countRows } from "./event-tables.ts";
import { adoptFile } from "./lake-file.ts";
import { manifestFiles, readManifest } from "./manifest-file.ts";
import { writeManifest, type LakeFile, type LakeTable, type Snapshot } from "./snapshot.ts";
import { literal } from "./sql-text.ts";
import { readSupersession, supersessionPath, type Supersession } from "./supersession.ts";
import { ROW_GROUP } from "./write-bucket.ts";

/** What rewriting needs. */
export interface RewriteContext {
  readonly owner: Pick<Owner, "layout" | "assertEpoch">;
  readonly catalog: Catalog;
  readonly engine: Engine;
  readonly clock: () => number;
}

/** A file of the lake that is about to go. */
export interface GoingFile {
  /** How many of its rows are not in {@link keptSql}. */
  readonly rows: number;
  /** SQL of what is left of it, in the file's order. */
  readonly keptSql: string;
}

/** Where a process that rewrites the lake can be made to die. */
export interface LakeCrashPoints {
  readonly afterFile: CrashPoint;
  readonly beforeCommit: CrashPoint;
  readonly afterCommit: CrashPoint;
  readonly afterMark: CrashPoint;
  readonly afterDelete: CrashPoint;
}

/** What is taken out of the lake. */
export interface LakeRewrite {
  /** Every file on the disk that is to go, by its path relative to the folder. */
  readonly files: ReadonlyMap<string, GoingFile>;
  readonly reason: Supersession["reason"];
  readonly points: LakeCrashPoints;
  /** Whether the newest snapshot is rewritten even where it names none of them. */
  readonly isDue?: boolean;
  /** Tables that stand anew in place of the newest snapshot's; null where one is left out. */
  readonly writeTables?: () => Promise<Readonly<Record<string, LakeTable | null>>>;
  /** Asked before older snapshots are marked and files deleted: paths of files that go besides. */
  readonly beforeDelete?: (clean: Snapshot) => Promise<readonly string[]>;
}

/** What became of the lake. */
export interface RewrittenLake {
  /** The newest snapshot; null while there is none. */
  readonly snapshot: string | null;
  /** Snapshots that answer `SNAPSHOT_ERASED` from now on. */
  readonly superseded: readonly string[];
  /** Files that were deleted. */
  readonly deleted: number;
}

/** The rows of a file that are left, as a file of their own. */
async function rewriteFile(
  { owner, engine }: RewriteContext,
  table: string,
  { bucket }: LakeFile,
  keptSql: string,
): Promise<LakeFile> {
  const { root, temporary } = owner.layout;
  const path = join(temporary, `${randomUUID()}.parquet`);
  await makeFolder(temporary);
  // The rows keep their order, so that nothing has to be sorted.
  await engine
    .run(
      `copy (${keptSql}) to ${literal(path)} (format parquet, compression zstd, row_group_size ${ROW_GROUP})`,
    )
    .catch((cause: unknown) => {
      throw storageError(cause, path);
    });
  const columns = await engine.columns(
    `select count(*)::double as rows, min("time") as first, max("time") as last from read_parquet(${literal(path)})`,
  );
  const adopted = await adoptFile(root, table, bucket, path);
  return {
    ...adopted,
    rows: numbers(columns, "rows")[0]!,
    bucket,
    min_time: numbers(columns, "first")[0]!,
    max_time: numbers(columns, "last")[0]!,
  };
}

/** The newest snapshot without the rows that go, committed. */
async function rewriteSnapshot(
  context: RewriteContext,
  newest: Snapshot,
  { files: going, points, writeTables }: LakeRewrite,
): Promise<Snapshot> {
  const { owner, catalog, clock } = context;
  const { root } = owner.layout;
  const tables: Record<string, LakeTable> = {};
  for (const [name, table] of Object.entries(newest.manifest.tables)) {
    const files: LakeFile[] = [];
    for (const file of table.files) {
      const found = going.get(file.path);
      if (found === undefined) files.push(file);
      else if (found.rows < file.rows) {
        files.push(await rewriteFile(context, name, file, found.keptSql));
        crashPoint(points.afterFile);
      }
    }
    tables[name] = { ...table, rows: files.reduce((sum, { rows }) => sum + rows, 0), files };
  }
  for (const [name, table] of Object.entries((await writeTables?.()) ?? {})) {
    if (table === null) delete tables[name];
    else tables[name] = table;
  }
  const folders = Object.values(tables).flatMap(({ files }) => files.map(({ path }) => dirname(path)));
  for (const folder of new Set(folders)) await syncPath(join(root, folder));
  const snapshot = await writeManifest(root, {
    ...newest.manifest,
    parent: newest.id,
    tables,
    counts: { ...newest.manifest.counts, ...countRows(tables) },
  });
  crashPoint(points.beforeCommit);
  owner.assertEpoch();
  await commit(catalog, async (writer) => {
    await recordSnapshot(writer, snapshotRow(snapshot, clock()));
    await supersedeSnapshot(writer, newest.id, snapshot.id);
  });
  crashPoint(points.afterCommit);
  return snapshot;
}

/** Marks every older snapshot that names a file which is about to go. */
async function markOlder(
  { owner, catalog }: RewriteContext,
  newest: string,
  going: ReadonlySet<string>,
  reason: Supersession["reason"],
): Promise<readonly string[]> {
  const { root } = owner.layout;
  const marked: string[] = [];
  for (const { id } of await listSnapshots(catalog)) {
    if (id === newest) continue;
    const manifest = await readManifest(root, id);
    if (manifest === null || !manifestFiles(manifest).some((path) => going.has(path))) continue;
    marked.push(id);
    // An erasure overrides what retention said of it, never the reverse.
    const said = (await readSupersession(root, id))?.reason;
    if (said !== undefined && reason === "retention") continue;
    await commit(catalog, (writer) => supersedeSnapshot(writer, id, newest));
    if (said === reason) continue;
    const mark: Supersession = { format: 1, kind: "supersession", snapshot: id, by: newest, reason };
    await writeDurably(supersessionPath(root, id), `${JSON.stringify(mark)}\n`);
  }
  return marked;
}

/**
 * Takes files out of the lake, whatever of their rows is left: the newest snapshot is rewritten where it names any,
 * older ones that do are marked, and each is deleted, whoever names it. Killed anywhere, the next call does what was
 * left: only what still stands on the disk is to be asked for.
 *
 * @param newest the newest snapshot; null while there is none
 * @throws `FENCED`, `DISK_FULL`, `FSYNC_FAILED`
 */
export async function rewriteLake(
  context: RewriteContext,
  newest: Snapshot | null,
  rewrite: LakeRewrite,
): Promise<RewrittenLake> {
  const { owner } = context;
  const { root } = owner.layout;
  const { files, reason, points, isDue = false, beforeDelete } = rewrite;
  const isHeld = newest !== null && manifestFiles(newest.manifest).some((path) => files.has(path));
  const clean =
    newest !== null && (isHeld || isDue) ? await rewriteSnapshot(context, newest, rewrite) : newest;
  const besides = clean === null ? [] : ((await beforeDelete?.(clean)) ?? []);
  const going = new Set([...files.keys(), ...besides]);
  const superseded = clean === null ? [] : await markOlder(context, clean.id, going, reason);
  crashPoint(points.afterMark);
  owner.assertEpoch();
  for (const path of going) {
    await rm(join(root, path), { force: true });
    crashPoint(points.afterDelete);
  }
  for (const folder of new Set([...going].map((path) => dirname(path)))) await syncPath(join(root, folder));
  return { snapshot: clean?.id ?? null, superseded, deleted: going.size };
}
