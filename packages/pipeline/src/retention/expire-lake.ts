import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { AppDefinition } from "@tideline/spec";
import {
  commit,
  folderLayout,
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
  QUARANTINE,
  RECEIPT,
  readSupersession,
  STANDING,
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
import { manifestFiles, parquetFiles, readManifest } from "../subject/lake-holding.ts";
import { comparisonFiles, deleteSteps, stepFolder } from "../subject/step-file.ts";
import type { Cutoffs } from "./cutoff.ts";
import { countOutlived, formerStanding, keepStanding, type StandingContext } from "./keep-standing.ts";

/** What expiring the lake needs. */
export interface ExpireLakeContext {
  readonly owner: Pick<Owner, "layout" | "assertEpoch">;
  readonly catalog: Catalog;
  readonly engine: Engine;
  readonly app: AppDefinition;
  readonly clock: () => number;
}

/** What became of the lake. */
export interface ExpiredLake {
  /** The newest snapshot; null while there is none. */
  readonly snapshot: string | null;
  /** Rows that the newest snapshot has no more. */
  readonly rows: number;
  /** Snapshots that can be read no more. */
  readonly superseded: readonly string[];
  /** Files of windows with features that were deleted: they are computed again from what is left. */
  readonly derived: number;
  /** Files that were deleted. */
  readonly deleted: number;
}

/** A moment as SQL; no row was received before 1970, nor can one be past it for ever. */
const momentSql = (time: number): string => `epoch_ms(${Math.max(0, Math.floor(time))}::bigint)`;

/** SQL that holds for the rows of a table that are past their time. */
function pastSql(app: AppDefinition, table: string, cutoffs: Cutoffs): string {
  if (table === RECEIPT) return `received_time < ${momentSql(cutoffs.others)}`;
  if (table !== QUARANTINE) return `received_time < ${momentSql(cutoffs.of(table))}`;
  const cases = Object.keys(app.events).map(
    (name) => `when ${literal(name)} then ${momentSql(cutoffs.of(name))}`,
  );
  const limit =
    cases.length === 0 ? "" : `case "name" ${cases.join(" ")} else ${momentSql(cutoffs.others)} end`;
  return `received_time < ${limit || momentSql(cutoffs.others)}`;
}

/** What says what stands of rows that go. */
const standingOf = (
  { engine, app }: ExpireLakeContext,
  newest: Snapshot,
  cutoffs: Cutoffs,
): StandingContext => ({
  engine,
  app,
  newest,
  pastSql: (table) => pastSql(app, table, cutoffs),
  othersSql: momentSql(cutoffs.others),
});

/** Rows past their time of every file of the lake that has any, by path; what stands of some is not among them. */
async function pastFiles(
  { engine, app, owner }: ExpireLakeContext,
  cutoffs: Cutoffs,
): Promise<ReadonlyMap<string, number>> {
  const { root } = owner.layout;
  const past = new Map<string, number>();
  for (const path of await parquetFiles(root, folderLayout(root).lake)) {
    if (path.split("/")[1] === STANDING) continue;
    const columns = await engine.columns(
      `select count(*)::double as rows from read_parquet(${literal(join(root, path))}, hive_partitioning = false)
         where ${pastSql(app, path.split("/")[1]!, cutoffs)}`,
    );
    const rows = numbers(columns, "rows")[0]!;
    if (rows > 0) past.set(path, rows);
  }
  return past;
}

/** The rows of a file that are left, as a file of their own. */
async function rewriteFile(
  { owner, engine, app }: ExpireLakeContext,
  table: string,
  file: LakeFile,
  cutoffs: Cutoffs,
): Promise<LakeFile> {
  const { root, temporary } = owner.layout;
  const path = join(temporary, `${randomUUID()}.parquet`);
  await makeFolder(temporary);
  // The rows keep their order, so that nothing has to be sorted.
  await engine.run(
    `copy (select * from read_parquet(${literal(join(root, file.path))}, hive_partitioning = false)
       where not (${pastSql(app, table, cutoffs)})) to ${literal(path)}
       (format parquet, compression zstd, row_group_size ${ROW_GROUP})`,
  );
  const columns = await engine.columns(
    `select count(*)::double as rows, min("time") as first, max("time") as last from read_parquet(${literal(path)})`,
  );
  const adopted = await adoptFile(root, table, file.bucket, path);
  crashPoint("retention.lake.after_file");
  return {
    ...adopted,
    rows: numbers(columns, "rows")[0]!,
    bucket: file.bucket,
    min_time: numbers(columns, "first")[0]!,
    max_time: numbers(columns, "last")[0]!,
  };
}

/** The newest snapshot without its rows past their time, committed. */
async function rewriteSnapshot(
  context: ExpireLakeContext,
  newest: Snapshot,
  past: ReadonlyMap<string, number>,
  cutoffs: Cutoffs,
): Promise<Snapshot> {
  const { owner, catalog, clock } = context;
  const { root } = owner.layout;
  const tables: Record<string, LakeTable> = {};
  for (const [name, table] of Object.entries(newest.manifest.tables)) {
    if (name === STANDING) continue;
    const files: LakeFile[] = [];
    for (const file of table.files) {
      const rows = past.get(file.path) ?? 0;
      if (rows === 0) files.push(file);
      else if (rows < file.rows) files.push(await rewriteFile(context, name, file, cutoffs));
    }
    tables[name] = { ...table, rows: files.reduce((sum, file) => sum + file.rows, 0), files };
  }
  const standing = await keepStanding(standingOf(context, newest, cutoffs), owner.layout.temporary, past);
  if (standing !== null) tables[STANDING] = standing;
  const folders = Object.values(tables).flatMap(({ files }) => files.map(({ path }) => dirname(path)));
  for (const folder of new Set(folders)) await syncPath(join(root, folder));
  const snapshot = await writeManifest(root, {
    ...newest.manifest,
    parent: newest.id,
    tables,
    counts: { ...newest.manifest.counts, ...countRows(tables) },
  });
  crashPoint("retention.lake.before_commit");
  owner.assertEpoch();
  await commit(catalog, async (writer) => {
    await recordSnapshot(writer, snapshotRow(snapshot, clock()));
    await supersedeSnapshot(writer, newest.id, snapshot.id);
  });
  crashPoint("retention.lake.after_commit");
  return snapshot;
}

/** Marks every older snapshot that names a file which is about to go. */
async function markOlder(
  { owner, catalog }: ExpireLakeContext,
  newest: string,
  past: ReadonlyMap<string, number>,
): Promise<readonly string[]> {
  const { root } = owner.layout;
  const marked: string[] = [];
  for (const { id } of await listSnapshots(catalog)) {
    if (id === newest) continue;
    const manifest = await readManifest(root, id);
    if (manifest === null || !manifestFiles(manifest).some((path) => past.has(path))) continue;
    marked.push(id);
    // What an erasure said of it stands.
    if ((await readSupersession(root, id)) !== null) continue;
    await commit(catalog, (writer) => supersedeSnapshot(writer, id, newest));
    const reason = "retention";
    const mark: Supersession = { format: 1, kind: "supersession", snapshot: id, by: newest, reason };
    await writeDurably(supersessionPath(root, id), `${JSON.stringify(mark)}\n`);
  }
  return marked;
}

/**
 * Deletes all windows with features. Before the rows that they may hold go, and again whenever any such row is still
 * there: a kill or a failure in between, after which they may be computed again, leaves no sign but those rows.
 */
async function deleteWindows(root: string): Promise<number> {
  const files = [...(await parquetFiles(root, stepFolder(root))), ...(await comparisonFiles(root))];
  await deleteSteps(root, files);
  crashPoint("retention.derived.after_steps");
  return files.length;
}

/**
 * Takes rows past their time out of the lake: the newest snapshot is rewritten where it holds any, older ones that do
 * are marked, and every file that does is deleted, whoever names it. Killed anywhere, the next call does what was left.
 *
 * @throws `FENCED`, `DISK_FULL`, `FSYNC_FAILED`
 */
export async function expireLake(context: ExpireLakeContext, cutoffs: Cutoffs): Promise<ExpiredLake> {
  const { owner, catalog } = context;
  const { root } = owner.layout;
  const past = new Map(await pastFiles(context, cutoffs));
  const derived = past.size > 0 ? await deleteWindows(root) : 0;
  const newest = await latestSnapshot(catalog, root);
  const held = newest === null ? [] : manifestFiles(newest.manifest).filter((path) => past.has(path));
  const rows = held.reduce((sum, path) => sum + past.get(path)!, 0);
  const isDue =
    newest !== null && (held.length > 0 || (await countOutlived(standingOf(context, newest, cutoffs))) > 0);
  const clean = isDue ? await rewriteSnapshot(context, newest, past, cutoffs) : newest;
  if (clean !== null) for (const path of await formerStanding(root, clean)) past.set(path, 0);
  const superseded = clean === null ? [] : await markOlder(context, clean.id, past);
  crashPoint("retention.lake.after_mark");
  owner.assertEpoch();
  for (const path of past.keys()) {
    await rm(join(root, path), { force: true });
    crashPoint("retention.lake.after_delete");
  }
  for (const folder of new Set([...past.keys()].map((path) => dirname(path))))
    await syncPath(join(root, folder));
  return { snapshot: clean?.id ?? null, rows, superseded, derived, deleted: past.size };
}
