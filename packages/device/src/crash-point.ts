/** Places where tests end the process: each stands between two steps that must survive being torn apart. */
export const CRASH_POINTS = [
  /** Events are framed, nothing is written. */
  "journal.append.before",
  /** Events are durable, `track` has not resolved. */
  "journal.append.after",
  /** A batch is made, nothing was sent. */
  "upload.send.before",
  /** The server has answered, nothing was noted. */
  "upload.send.after",
  /** The acknowledgement is durable, journal files still hold what it covers. */
  "queue.acknowledge.after",
  /** The new consent is durable, events of withdrawn purposes are still queued. */
  "consent.purge.before",
  /** Withdrawn events are marked, the journal still holds them. */
  "consent.purge.after",
  /** A manifest is verified, its version is not noted. */
  "update.accept.before",
  /** The version is noted, artifacts are not there yet. */
  "update.accept.after",
  /** Some chunks of an artifact are durable, others are not there yet. */
  "update.chunk.after",
  /** The load marker is durable, the runtime has not seen the model. */
  "update.load.before",
  /** The model passed its self-test, the old one is still the active one. */
  "update.activate.before",
  /** The new model is active, files of older ones are still there. */
  "update.activate.after",
] as const;

/** Name of a crash point. */
export type CrashPoint = (typeof CRASH_POINTS)[number];
