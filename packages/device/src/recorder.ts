import type { Context } from "./context.ts";
import { IDENTITY_FILE, NOBODY, openIdentity, type Identity } from "./identity.ts";
import { JOURNAL_PREFIX, openJournal } from "./journal.ts";
import { openQueue, QUEUE_FILE, type Queue } from "./queue.ts";
import { EMPTY_STATE, isDamaged } from "./queue-state.ts";
import { openStateFile } from "./state-file.ts";
import { createUpload, type FlushOutcome } from "./upload.ts";

/** What records and sends the events of one install: its identity, its queue, its way to the server. */
export interface Recorder {
  readonly identity: Identity;
  readonly queue: Queue;
  readonly flush: () => Promise<FlushOutcome>;
}

/** What on storage is a person's: the first parts of names. */
const PERSONAL = [JOURNAL_PREFIX, "media-", "told-", QUEUE_FILE, IDENTITY_FILE];

/** Opens the storage of the last time; what of an install `isErased` is removed before anything else. */
export async function openRecorder(
  context: Context,
  isErased: (install: string) => boolean,
): Promise<Recorder> {
  const { ports, limits } = context;
  const { storage } = ports;
  const open = () => openStateFile(ports, IDENTITY_FILE, NOBODY);
  let file = await open();
  if (isErased(file.get().install)) {
    // The identity goes last: as long as it stands, the next start finishes what was interrupted.
    for (const prefix of PERSONAL) for (const name of await storage.list(prefix)) await storage.remove(name);
    file = await open();
  }
  const journal = await openJournal(ports, limits.segmentBytes);
  const state = await openStateFile(ports, QUEUE_FILE, EMPTY_STATE);
  const identity = await openIdentity(
    context,
    file,
    state.isNew || journal.damaged || isDamaged(state.get()),
  );
  const queue = await openQueue(context, { journal, state, source: identity });
  return { identity, queue, flush: createUpload(context, queue) };
}
