import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import {
  commit,
  listSnapshots,
  makeFolder,
  recordSnapshot,
  supersedeSnapshot,
  syncPath,
  writeDurably,
  type Catalog,
  type Owner,
} from "../catalog/index.ts";
import { crashPoint } from "../crash-point.ts";
import {
  countRows,
  latestSnapshot,
  literal,
  numbers,
  readSupersession,
  supersessionPath,
  writeManifest,
  type Engine,
  type LakeFile,
  type LakeTable,
  type Snapshot,
  type Supersession,
} from "../lake/index.ts";
import { snapshotRow } from "../lake/compact.ts";
import { adoptFile } from "../lake/lake-file.ts";
import { ROW_GROUP } from "../lake/write-bucket.ts";
import { holdingFiles, keptSql, manifestFiles, readManifest, type HoldingFile } from "./lake-holding.ts";
import type { SubjectScope } from "./scope.ts";

/** What rewriting needs. */
export interface RewriteContext {
  readonly owner: Pick<Owner, "layout" | "assertEpoch">;
  readonly catalog: Catalog;
  readonly engine: Engine;
  readonly clock: () => number;
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

/** The rows of a file that are left, as a file of their own; null where none is. */
async function rewriteFile(
  { owner, engine }: RewriteContext,
  file: LakeFile,
  holding: HoldingFile,
): Promise<LakeFile | null> {
  const { root, temporary } = owner.layout;
  if (file.rows === holding.rows) return null;
  const path = join(temporary, `${randomUUID()}.parquet`);
  await makeFolder(temporary);
  // The rows keep their order, so that nothing has to be sorted.
  await engine.run(
    `copy (${keptSql(root, file.path, holding)}) to ${literal(path)}
       (format parquet, compression zstd, row_group_size ${ROW_GROUP})`,
  );
  const columns = await engine.columns(
    `select count(*)::double as rows, min("time") as first, max("time") as last from read_parquet(${literal(path)})`,
  );
  const adopted = await adoptFile(root, holding.table, file.bucket, path);
  crashPoint("subject.lake.after_file");
  return {
    ...adopted,
    rows: numbers(columns, "rows")[0]!,
    bucket: file.bucket,
    min_time: numbers(columns, "first")[0]!,
    max_time: numbers(columns, "last")[0]!,
  };
}

/** The newest snapshot without the rows of some of its files, committed. */
async function rewriteSnapshot(
  context: RewriteContext,
  newest: Snapshot,
  holding: ReadonlyMap<string, HoldingFile>,
): Promise<Snapshot> {
  const { owner, catalog, clock } = context;
  const { root } = owner.layout;
  const tables: Record<string, LakeTable> = {};
  for (const [name, table] of Object.entries(newest.manifest.tables)) {
    const files: LakeFile[] = [];
    for (const file of table.files) {
      const found = holding.get(file.path);
      const left = found === undefined ? file : await rewriteFile(context, file, found);
      if (left !== null) files.push(left);
    }
    tables[name] = { ...table, rows: files.reduce((sum, { rows }) => sum + rows, 0), files };
  }
  for (const folder of new Set(
    Object.values(tables).flatMap(({ files }) => files.map(({ path }) => dirname(path))),
  ))
    await syncPath(join(root, folder));
  const snapshot = await writeManifest(root, {
    ...newest.manifest,
    parent: newest.id,
    tables,
    counts: { ...newest.manifest.counts, ...countRows(tables) },
  });
  crashPoint("subject.lake.before_commit");
  owner.assertEpoch();
  await commit(catalog, async (writer) => {
    await recordSnapshot(writer, snapshotRow(snapshot, clock()));
    await supersedeSnapshot(writer, newest.id, snapshot.id);
  });
  crashPoint("subject.lake.after_commit");
  return snapshot;
}

/** Marks every older snapshot that names a file which is about to go. */
async function markOlder(
  { owner, catalog }: RewriteContext,
  newest: string,
  going: ReadonlySet<string>,
): Promise<readonly string[]> {
  const { root } = owner.layout;
  const marked: string[] = [];
  for (const { id } of await listSnapshots(catalog)) {
    if (id === newest) continue;
    const manifest = await readManifest(root, id);
    if (manifest === null || !manifestFiles(manifest).some((path) => going.has(path))) continue;
    await commit(catalog, (writer) => supersedeSnapshot(writer, id, newest));
    const mark: Supersession = {
      format: 1,
      kind: "supersession",
      snapshot: id,
      by: newest,
      reason: "erasure",
    };
    if ((await readSupersession(root, id))?.reason !== "erasure")
      await writeDurably(supersessionPath(root, id), `${JSON.stringify(mark)}\n`);
    marked.push(id);
  }
  return marked;
}

/**
 * Takes a scope out of the lake, and the names of its people out of the rows of others: the newest snapshot is rewritten
 * where it holds them, older ones that do are marked, and every file that does is deleted, whoever names it. Killed anywhere, the next call does what was left.
 *
 * @throws `FENCED`, `DISK_FULL`, `FSYNC_FAILED`
 */
export async function rewriteLake(context: RewriteContext, scope: SubjectScope): Promise<RewrittenLake> {
  const { owner, catalog, engine } = context;
  const { root } = owner.layout;
  const files = await holdingFiles(engine, root, scope);
  const holding = new Map(files.map((file) => [file.path, file]));
  const newest = await latestSnapshot(catalog, root);
  const isHeld = newest !== null && manifestFiles(newest.manifest).some((path) => holding.has(path));
  const clean = isHeld ? await rewriteSnapshot(context, newest, holding) : newest;
  const superseded = clean === null ? [] : await markOlder(context, clean.id, new Set(holding.keys()));
  crashPoint("subject.lake.after_mark");
  owner.assertEpoch();
  for (const path of holding.keys()) {
    await rm(join(root, path), { force: true });
    crashPoint("subject.lake.after_delete");
  }
  for (const folder of new Set([...holding.keys()].map((path) => dirname(path))))
    await syncPath(join(root, folder));
  return { snapshot: clean?.id ?? null, superseded, deleted: holding.size };
}
