import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { canonicalJson, tidelineError } from "@tideline/spec";
import { folderLayout, readTextIfThere } from "../catalog/folder.ts";
import { makeFolder, writeDurably } from "../catalog/durable-write.ts";
import type { CatalogReader } from "../catalog/catalog.ts";
import { latestSnapshotRow } from "../catalog/snapshot-row.ts";
import type { LogPosition, WriterPositions } from "../log-record.ts";
import { readSupersession } from "./supersession.ts";
import type { LakeColumn } from "./table-schema.ts";

/** Version of the manifest. */
export const SNAPSHOT_FORMAT = 1;

/** A Parquet file of a table. */
export interface LakeFile {
  /** Relative to the folder, with `/`: `lake/<table>/bucket=<n>/<sha256>.parquet`. */
  readonly path: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly rows: number;
  readonly bucket: number;
  /** Least and greatest `time` of its rows, milliseconds since 1970. */
  readonly min_time: number;
  readonly max_time: number;
}

/** A table of a snapshot. */
export interface LakeTable {
  readonly columns: readonly LakeColumn[];
  readonly rows: number;
  /** By bucket, then oldest first. */
  readonly files: readonly LakeFile[];
}

/** Rows of the whole snapshot. */
export interface SnapshotCounts {
  readonly events: number;
  readonly quarantined: number;
  readonly receipts: number;
  /** Duplicates that the ingest recognised and never stored. */
  readonly duplicates_received: number;
  /** Duplicates that only the compaction recognised (the second guard) and dropped; the log held them. */
  readonly duplicates_dropped: number;
}

/** What names a snapshot: the hash of this. It holds no clock, so that the same log makes the same snapshot. */
export interface SnapshotManifest {
  readonly format: typeof SNAPSHOT_FORMAT;
  readonly kind: "snapshot";
  readonly parent: string | null;
  readonly app: string;
  /** Content address of the app definition that laid out the columns. */
  readonly definition: string;
  /** Where the log goes on after it, and those of further writers, where it holds anything of them. */
  readonly log: LogPosition;
  readonly logs?: WriterPositions;
  readonly tables: Readonly<Record<string, LakeTable>>;
  readonly counts: SnapshotCounts;
}

/** An immutable version of the lake. */
export interface Snapshot {
  /** SHA-256 of the canonical JSON of the manifest, in hexadecimal. */
  readonly id: string;
  /** The folder in which its files stand. */
  readonly folder: string;
  readonly manifest: SnapshotManifest;
}

/** The content address of any JSON value. */
export function jsonHash(value: unknown): string {
  return createHash("sha256").update(canonicalJson(value)).digest("hex");
}

/** Where the manifest of a snapshot stands. */
export function manifestPath(folder: string, id: string): string {
  return join(folderLayout(folder).snapshots, `${id}.json`);
}

/** Writes a manifest, durably; a second time changes nothing. */
export async function writeManifest(folder: string, manifest: SnapshotManifest): Promise<Snapshot> {
  const id = jsonHash(manifest);
  const path = manifestPath(folder, id);
  if ((await readTextIfThere(path)) === undefined) {
    await makeFolder(folderLayout(folder).snapshots);
    await writeDurably(path, canonicalJson(manifest));
  }
  return Object.freeze({ id, folder, manifest });
}

/**
 * Reads a snapshot by its id.
 *
 * @throws `NOT_FOUND`; `DATA_MALFORMED` where the bytes are not those that the id names; `SNAPSHOT_ERASED` where it
 * was rewritten because a person left or rows were past their retention.
 */
export async function readSnapshot(folder: string, id: string): Promise<Snapshot> {
  const who = `snapshot ${id}`;
  const superseded = await readSupersession(folder, id);
  if (superseded !== null) {
    const remedy = superseded.by === null ? "Compact and train again." : `Use snapshot ${superseded.by}.`;
    const received =
      superseded.reason === "erasure" ? "rows of a person who has left" : "rows past their retention";
    throw tidelineError("SNAPSHOT_ERASED", { who, received, remedy });
  }
  let text: string;
  try {
    text = await readFile(manifestPath(folder, id), "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw cause;
    const remedy = `Folder ${folder} holds no such snapshot.`;
    throw tidelineError("NOT_FOUND", { who, remedy, cause });
  }
  const received = createHash("sha256").update(text).digest("hex");
  if (received !== id) {
    const remedy = "The manifest was changed: restore it from a backup.";
    throw tidelineError("DATA_MALFORMED", { who, field: "sha256", expected: id, received, remedy });
  }
  const manifest = JSON.parse(text) as SnapshotManifest;
  if (manifest.format > SNAPSHOT_FORMAT) {
    const remedy = "A newer Tideline wrote it: use that one.";
    const [expected, version] = [`format ${SNAPSHOT_FORMAT}`, `format ${manifest.format}`];
    throw tidelineError("DATA_MALFORMED", { who, expected, received: version, remedy });
  }
  return Object.freeze({ id, folder, manifest });
}

/** The newest snapshot that is committed, or null before the first. */
export async function latestSnapshot(catalog: CatalogReader, folder: string): Promise<Snapshot | null> {
  const row = await latestSnapshotRow(catalog);
  return row === undefined ? null : readSnapshot(folder, row.id);
}
