import { createHash } from "node:crypto";
import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { SequenceSet } from "@tideline/spec";
import { writeDurably } from "../catalog/durable-write.ts";
import { readTextIfThere } from "../catalog/folder.ts";
import { crashPoint } from "../crash-point.ts";
import type { LogPosition } from "../log-record.ts";
import type { IdentityIndex } from "./identity.ts";
import { segmentOf } from "./log/segment.ts";
import type { WriterLog } from "./log/writer-log.ts";

/** Version of the checkpoint's file. */
const CHECKPOINT_FORMAT = 1;

/** The identities that a log holds before a position. */
export interface Checkpoint {
  readonly format: typeof CHECKPOINT_FORMAT;
  /** Everything before it is contained; some of what follows may be, too. */
  readonly position: LogPosition;
  readonly identities: readonly (readonly [install: string, epoch: number, set: SequenceSet])[];
  /** How far its writer has followed the ledger of erasures. */
  readonly followed?: FollowedLedger;
}

/** A generation of the ledger of erasures, and the last segment that may hold what was taken before it. */
export interface FollowedLedger {
  readonly generation: number;
  readonly epoch: number;
  readonly segment: number;
}

const NAME = "checkpoint.json";

function digestOf(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** Saves what a log holds before `position`, so that a restart reads only what follows. Whole or not at all. */
export async function writeCheckpoint(
  log: WriterLog,
  position: LogPosition,
  index: IdentityIndex,
  followed?: FollowedLedger,
): Promise<void> {
  const checkpoint: Checkpoint = {
    format: CHECKPOINT_FORMAT,
    position,
    identities: [...index.entries()],
    ...(followed === undefined ? {} : { followed }),
  };
  const text = JSON.stringify(checkpoint);
  crashPoint("ingest.checkpoint.before_write");
  await writeDurably(join(log.path, NAME), `${digestOf(text)}\n${text}\n`);
  crashPoint("ingest.checkpoint.after_write");
}

/** Whether the log reaches as far as a checkpoint says; a log restored from an older backup does not. */
async function isInLog(logFolder: string, { epoch, segment, offset }: LogPosition): Promise<boolean> {
  const found = await stat(segmentOf(logFolder, epoch, segment).path).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return { size: -1 };
      throw error;
    },
  );
  return found.size >= offset;
}

/** How far the writer of a log has followed the ledger of erasures, by its checkpoint; null where that says nothing. */
export async function readFollowed(log: WriterLog): Promise<FollowedLedger | null> {
  const [, text] = (await readTextIfThere(join(log.path, NAME)))?.split("\n") ?? [];
  return text === undefined ? null : ((JSON.parse(text) as Checkpoint).followed ?? null);
}

/**
 * The checkpoint of a log, or null where there is none that fits it: then the log is read from its
 * beginning, and nothing but time is lost. Removes what a crash left of an unfinished one.
 */
export async function readCheckpoint(log: WriterLog): Promise<Checkpoint | null> {
  const logFolder = log.path;
  for (const name of await readdir(logFolder)) {
    if (name.startsWith(`.${NAME}.`)) await rm(join(logFolder, name));
  }
  const file = await readTextIfThere(join(logFolder, NAME));
  const [digest, text] = file?.split("\n") ?? [];
  if (text === undefined || digestOf(text) !== digest) return null;
  const checkpoint = JSON.parse(text) as Checkpoint;
  if (checkpoint.format !== CHECKPOINT_FORMAT) return null;
  return (await isInLog(logFolder, checkpoint.position)) ? checkpoint : null;
}
