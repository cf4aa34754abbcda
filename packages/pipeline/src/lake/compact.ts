import { dirname, join } from "node:path";
import type { AppDefinition, Clock } from "@tideline/spec";
import type { Catalog } from "../catalog/catalog.ts";
import { commit } from "../catalog/catalog.ts";
import { syncPath } from "../catalog/durable-write.ts";
import { followErased } from "../catalog/erased-file.ts";
import { recordProofs, type SeenProof } from "../catalog/install-proof.ts";
import type { Owner } from "../catalog/owner.ts";
import { recordSnapshot, type SnapshotRow } from "../catalog/snapshot-row.ts";
import { crashPoint } from "../crash-point.ts";
import type { LogEntry, LogPosition, WriterPositions } from "../log-record.ts";
import { numbers } from "./column-access.ts";
import { dropKnown } from "./drop-known.ts";
import type { Engine } from "./engine.ts";
import { openEngine } from "./engine.ts";
import { countRows } from "./event-tables.ts";
import { keptRecord } from "./kept-record.ts";
import type { LakeFile, LakeTable, Snapshot, SnapshotManifest } from "./snapshot.ts";
import { jsonHash, latestSnapshot, SNAPSHOT_FORMAT, writeManifest } from "./snapshot.ts";
import type { Stage } from "./stage.ts";
import { createStage, STAGE_BUCKET, stageName } from "./stage.ts";
import { stageRecord } from "./stage-record.ts";
import type { LakeColumn } from "./table-schema.ts";
import { appTables, evolveColumns } from "./table-schema.ts";
import type { BucketRows } from "./write-bucket.ts";
import { writeBucket } from "./write-bucket.ts";

/** Options of {@link compact}. */
export interface CompactOptions {
  readonly owner: Pick<Owner, "layout" | "assertEpoch">;
  readonly catalog: Catalog;
  readonly app: AppDefinition;
  /**
   * Reads the durable logs from their positions, or from their beginnings; ends at what is acknowledged by now.
   * `others` are those of further writers than the first.
   */
  readonly read: (from: LogPosition | null, others: WriterPositions) => AsyncIterable<LogEntry>;
  readonly clock: Clock;
  /** Ends the range after about so many bytes of samples and events. Default 256 MiB. */
  readonly maxBytes?: number;
}

/** Outcome of {@link compact}. */
export interface Compaction {
  /** The newest snapshot; null while the log is empty. */
  readonly snapshot: Snapshot | null;
  /** Records of the log that were compacted; 0 made no new snapshot. */
  readonly records: number;
  /** False where `maxBytes` ended the range: compact again. */
  readonly complete: boolean;
}

/** Where a log goes on of which nothing was read yet: before its first segment. */
const BEGINNING: LogPosition = Object.freeze({ epoch: 0, segment: 0, offset: 0 });

/** Rough bytes of an event without its samples, for `maxBytes`. */
const EVENT_BYTES = 400;

/**
 * Writes what the log holds beyond the newest snapshot into the lake, as the next snapshot. Killed anywhere, the next
 * call does what was left: files have the address of their content and the log position stands in the snapshot, so
 * that nothing is lost or doubled. Call it from one place at a time.
 *
 * @throws `FENCED`, `DISK_FULL`, `FSYNC_FAILED`; `DEFINITION_ILLEGAL` where the app's tables cannot follow the lake's
 * @example
 * const { snapshot } = await compact({ owner, catalog, app, clock: Date.now,
 *   read: (log, logs) => readLogs(folder, { log, logs }, durable) });
 */
export async function compact(options: CompactOptions): Promise<Compaction> {
  const { owner, catalog, app, clock } = options;
  const folder = owner.layout.root;
  const parent = await latestSnapshot(catalog, folder);
  const schema = appTables(app);
  const engine = await openEngine({ temporary: owner.layout.temporary, threads: 1 });
  try {
    const stages = await createStages(engine, schema);
    const range = await stageRange(options, parent, stages);
    if (range.records === 0) return { snapshot: parent, records: 0, complete: true };
    for (const stage of stages.values()) stage.finish();
    const known = parent === null ? 0 : await dropKnown(engine, parent, [...stages.keys()]);
    const tables = await writeTables(engine, owner, schema, parent);
    crashPoint("lake.snapshot.before_manifest");
    owner.assertEpoch();
    const before = parent?.manifest.counts;
    const manifest: SnapshotManifest = {
      format: SNAPSHOT_FORMAT,
      kind: "snapshot",
      parent: parent?.id ?? null,
      app: app.name,
      definition: jsonHash(app),
      log: range.log ?? BEGINNING,
      ...(Object.keys(range.logs).length > 0 && { logs: range.logs }),
      tables,
      counts: {
        ...countRows(tables),
        duplicates_received: (before?.duplicates_received ?? 0) + range.duplicates,
        duplicates_dropped: (before?.duplicates_dropped ?? 0) + range.repeated + known,
      },
    };
    const snapshot = await writeManifest(folder, manifest);
    crashPoint("lake.snapshot.before_commit");
    await commitSnapshot(catalog, snapshot, clock(), range.proofs);
    crashPoint("lake.snapshot.after_commit");
    return { snapshot, records: range.records, complete: range.complete };
  } finally {
    await engine.close();
  }
}

/** A stage for every table. */
async function createStages(engine: Engine, schema: ReadonlyMap<string, readonly LakeColumn[]>) {
  const stages = new Map<string, Stage>();
  for (const [table, columns] of schema) {
    stages.set(table, await createStage(engine.connection, table, columns));
  }
  return stages;
}

/** Reads the log into the stages. */
async function stageRange(
  options: CompactOptions,
  parent: Snapshot | null,
  stages: ReadonlyMap<string, Stage>,
) {
  const maxBytes = options.maxBytes ?? 256 * 1024 * 1024;
  const seen = new Map<string, Set<number>>();
  const isNew = (install: string, epoch: number, seq: number): boolean => {
    const key = `${epoch}/${install}`;
    const known = seen.get(key);
    if (known === undefined) seen.set(key, new Set([seq]));
    else if (known.has(seq)) return false;
    else known.add(seq);
    return true;
  };
  const people = followErased(options.owner.layout.root)();
  const proofs = new Map<string, SeenProof>();
  let log: LogPosition | null = parent?.manifest.log ?? null;
  const logs: Record<string, LogPosition> = { ...parent?.manifest.logs };
  let [records, duplicates, repeated, bytes] = [0, 0, 0, 0];
  let complete = true;
  for await (const entry of options.read(log, { ...logs })) {
    const record = keptRecord(entry.record, people);
    if (record !== null) {
      repeated += stageRecord({ ...entry, record }, options.app, stages, isNew);
      duplicates += record.duplicates;
      const { install, proof, received_at: at } = record;
      // Logs are read one after the other: the earliest says so by its time, not by its place.
      if (proof !== undefined && !((proofs.get(`${install}/${proof}`)?.at ?? Infinity) <= at))
        proofs.set(`${install}/${proof}`, { install, proof, at });
    }
    records += 1;
    if (entry.writer === undefined) log = entry.position;
    else logs[entry.writer] = entry.position;
    bytes += entry.attachment.length + EVENT_BYTES * entry.record.events.length;
    if (bytes >= maxBytes) {
      complete = false;
      break;
    }
  }
  return {
    log,
    logs,
    records,
    duplicates,
    repeated,
    complete,
    proofs: [...proofs.values()].sort((left, right) => left.at - right.at),
  };
}

/** The new rows of a table by bucket. */
async function stagedBuckets(
  engine: Engine,
  table: string,
  staged: readonly LakeColumn[],
  columns: readonly LakeColumn[],
  before: LakeTable | undefined,
): Promise<readonly BucketRows[]> {
  const result = await engine.columns(
    `select ${STAGE_BUCKET} as bucket, count(*) as rows, min("time") as first, max("time") as last
       from ${stageName(table)} group by all order by all`,
  );
  const [bucket, rows] = [numbers(result, "bucket"), numbers(result, "rows")];
  const [first, last] = [numbers(result, "first"), numbers(result, "last")];
  return Array.from(bucket, (number, index) => ({
    table,
    bucket: number,
    columns,
    staged,
    rows: rows[index]!,
    min_time: first[index]!,
    max_time: last[index]!,
    files: (before?.files ?? []).filter((file) => file.bucket === number),
  }));
}

/** Writes the files of all tables, two at a time, and answers the tables of the new snapshot. */
async function writeTables(
  engine: Engine,
  { layout }: Pick<Owner, "layout">,
  schema: ReadonlyMap<string, readonly LakeColumn[]>,
  parent: Snapshot | null,
): Promise<Readonly<Record<string, LakeTable>>> {
  const older = parent?.manifest.tables ?? {};
  const columnsOf = new Map(Object.entries(older).map(([table, { columns }]) => [table, columns]));
  const written: BucketRows[] = [];
  for (const [table, staged] of schema) {
    const columns = evolveColumns(table, columnsOf.get(table) ?? [], staged);
    columnsOf.set(table, columns);
    written.push(...(await stagedBuckets(engine, table, staged, columns, older[table])));
  }
  const results = new Map<BucketRows, readonly LakeFile[]>();
  // With one thread to a query the bytes are always the same; two queries at a time still use two cores.
  const queue = written.values();
  await Promise.all(
    [await engine.connect(), await engine.connect()].map(async (connection) => {
      try {
        for (const target of queue) {
          const place = { folder: layout.root, temporary: layout.temporary };
          results.set(target, await writeBucket(connection, place, target));
        }
      } finally {
        connection.closeSync();
      }
    }),
  );
  const folders = [...results.values()].flat().map((file) => dirname(join(layout.root, file.path)));
  for (const folder of new Set(folders)) await syncPath(folder);
  const tables: Record<string, LakeTable> = {};
  for (const [table, columns] of columnsOf) {
    const changed = written.filter((target) => target.table === table);
    const buckets = new Set(changed.map(({ bucket }) => bucket));
    const files = [
      ...(older[table]?.files ?? []).filter((file) => !buckets.has(file.bucket)),
      ...changed.flatMap((target) => results.get(target)!),
    ].sort((left, right) => left.bucket - right.bucket);
    tables[table] = { columns, rows: files.reduce((sum, { rows }) => sum + rows, 0), files };
  }
  return tables;
}

/** Makes a snapshot the newest one. */
async function commitSnapshot(
  catalog: Catalog,
  snapshot: Snapshot,
  now: number,
  proofs: readonly SeenProof[],
): Promise<void> {
  await commit(catalog, async (writer) => {
    await recordSnapshot(writer, snapshotRow(snapshot, now));
    await recordProofs(writer, proofs);
  });
}

/** The catalog's row of a snapshot that is committed at `now`. */
export function snapshotRow({ id, manifest }: Snapshot, now: number): SnapshotRow {
  const files = Object.values(manifest.tables).flatMap((table) => table.files);
  return {
    id,
    parent: manifest.parent,
    created_at: now,
    log_position: manifest.log,
    rows: files.reduce((sum, { rows }) => sum + rows, 0),
    files: files.length,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    superseded_by: null,
  };
}
