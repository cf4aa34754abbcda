import { IDENTITY_FILE, openIdentity, type Identity } from "./identity.ts";
import { JOURNAL_PREFIX, openJournal } from "./journal.ts";
import { readJsonFile, writeJsonFile } from "./json-file.ts";
import { openQueue, QUEUE_FILE, type Queue } from "./queue.ts";
import { EMPTY_STATE, type QueueState } from "./queue-state.ts";
import { createUpload, type FlushOutcome, type UploadOptions } from "./upload.ts";

/** What records and sends the events of one install: its identity, its queue, its way to the server. */
export interface Recorder {
  readonly identity: Identity;
  readonly queue: Queue;
  readonly flush: () => Promise<FlushOutcome>;
  /** Bytes of torn writes that were cut off. */
  readonly tornBytes: number;
}

/** What {@link openRecorder} needs. */
export interface RecorderOptions extends Omit<UploadOptions, "queue" | "identity"> {
  readonly keepJournal: boolean;
  /** Begins a new install, whatever there was. */
  readonly fresh: boolean;
  /** Whether everything of an install is to be erased. */
  readonly isErased: (install: string) => boolean;
}

/** What on storage is a person's. The first part of a name. */
const PERSONAL = [JOURNAL_PREFIX, "media-", QUEUE_FILE, IDENTITY_FILE];

/** Opens the storage of the last time; what is to be erased is erased before anything else. */
export async function openRecorder(options: RecorderOptions): Promise<Recorder> {
  const { ports, limits, keepJournal, fresh, isErased } = options;
  const { storage } = ports;
  const before = await readJsonFile<Identity & { readonly format: 1 }>(ports, IDENTITY_FILE);
  if (before !== null && isErased(before.install)) {
    // The identity goes last: as long as it stands, the next start finishes what was interrupted.
    for (const prefix of PERSONAL) for (const name of await storage.list(prefix)) await storage.remove(name);
  }
  const journal = await openJournal(ports, limits.segmentBytes);
  const state = await readJsonFile<QueueState>(ports, QUEUE_FILE);
  const identity = await openIdentity(ports, { damaged: state === null || journal.damaged, fresh });
  if (state === null) await writeJsonFile(ports, QUEUE_FILE, EMPTY_STATE);
  const queue = await openQueue({
    ports,
    limits,
    journal,
    keepJournal,
    state: state ?? EMPTY_STATE,
    source: { install: identity.install, epoch: identity.epoch },
  });
  const { tornBytes } = journal;
  return { identity, queue, flush: createUpload({ ...options, queue, identity }), tornBytes };
}
