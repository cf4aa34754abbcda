import type { DatabaseSync } from "node:sqlite";
import { access, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { tidelineError } from "@tideline/spec";
import { lock } from "../../catalog/owner.ts";
import { readFollowed } from "../checkpoint.ts";
import { sealLog } from "./seal-log.ts";
import { listSegments, type Segment } from "./segment.ts";
import { listLogs, type WriterLog } from "./writer-log.ts";

/** Segments that nobody writes to, and what keeps it so. */
export interface ClosedLog {
  readonly log: WriterLog;
  readonly segments: readonly Segment[];
  /** Whether a process lives that writes on, into a segment that is not among these. */
  readonly isLive: boolean;
  /** Lets writers of this log start again. */
  release(): void;
}

/** How logs are closed. */
export interface CloseLogsOptions {
  readonly folder: string;
  /** Whether the first writer of the folder lives: the ingest of the process that owns it. */
  readonly isServed: boolean;
  /** Tells every living writer to begin a new segment, and answers the generation of the ledger that says so. */
  readonly announce: () => Promise<number>;
  /** Milliseconds that they have for it. */
  readonly patience?: number;
}

/** Milliseconds between looks. */
const LOOK = 50;

/** A writer looks five times a second; a commit to a slow disk may come before. */
const PATIENCE = 30_000;

/** The lock of a further writer, or null while its process lives; undefined where there never was one. */
async function lockWriter({ writer, path }: WriterLog): Promise<DatabaseSync | null | undefined> {
  if (writer === null) return undefined;
  const file = join(path, "owner.db");
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (!isThere) return undefined;
  const held = lock(file);
  return held === "busy" ? null : held.database;
}

/** Waits until a living writer has begun a segment for a generation of the ledger; answers those before it. */
async function waitForNext(log: WriterLog, generation: number, until: number): Promise<readonly Segment[]> {
  for (;;) {
    const followed = await readFollowed(log);
    if (followed !== null && followed.generation >= generation) {
      const segments = await listSegments(log.path);
      const newest = segments.at(-1);
      const isNext =
        newest !== undefined && (newest.epoch > followed.epoch || newest.number > followed.segment);
      if (isNext) return segments.slice(0, -1);
    }
    if (Date.now() > until) {
      throw tidelineError("UNAVAILABLE", {
        who: log.path,
        expected: "its writer to begin a new segment",
        received: "none in time",
        remedy: "It is tried again; where the writer hangs, stop it.",
      });
    }
    await pause(LOOK);
  }
}

/**
 * Closes what every log of a folder holds by now. Living writers are told to begin new segments, and waited for;
 * after dead ones the torn tail is cut off, and their lock is held so that none starts meanwhile. Release them all.
 *
 * @throws `UNAVAILABLE` where a living writer does not follow
 */
export async function closeLogs(options: CloseLogsOptions): Promise<readonly ClosedLog[]> {
  const { folder, isServed, announce, patience = PATIENCE } = options;
  const closed: ClosedLog[] = [];
  const releaseAll = (): void => {
    for (const { release } of closed) release();
  };
  try {
    const living: WriterLog[] = [];
    for (const log of await listLogs(folder)) {
      const held = await lockWriter(log);
      if (held === null || (log.writer === null && isServed)) {
        living.push(log);
        continue;
      }
      const release = (): void => held?.close();
      closed.push({ log, segments: [], isLive: false, release });
      await sealLog(log.path);
      closed[closed.length - 1] = { log, segments: await listSegments(log.path), isLive: false, release };
    }
    const generation = await announce();
    const until = Date.now() + patience;
    for (const log of living) {
      const segments = await waitForNext(log, generation, until);
      closed.push({ log, segments, isLive: true, release: () => undefined });
    }
    return closed;
  } catch (error) {
    releaseAll();
    throw error;
  }
}

/** Removes the checkpoint of a log without a living writer: the next start reads the log itself, and forgets nobody. */
export async function dropCheckpoint({ log, isLive }: ClosedLog): Promise<void> {
  if (!isLive) await rm(join(log.path, "checkpoint.json"), { force: true });
}
