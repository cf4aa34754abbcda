import { SEGMENT_BYTES } from "./log/open-log.ts";

/** Bounds of the ingest server; every field has a default in {@link DEFAULT_INGEST_LIMITS}. */
export interface IngestLimits {
  /** Bytes of a gzipped body. */
  readonly compressedBytes: number;
  /** Bytes of a body that came without gzip, or of what gzip unpacks to. */
  readonly inflatedBytes: number;
  /** Events of a batch. */
  readonly batchEvents: number;
  /** Bytes of one event's JSON; frames do not count, their samples travel in the attachment. */
  readonly eventBytes: number;
  /** Bytes of all requests that are being taken or wait for their fsync, beyond which new ones get 429. */
  readonly waitingBytes: number;
  /** Milliseconds within which a request has to be complete. */
  readonly requestMs: number;
  /** Milliseconds that a closing server gives to requests that are still coming in. */
  readonly drainMs: number;
  /** Log bytes after which a new segment is begun and a checkpoint written. */
  readonly segmentBytes: number;
}

/**
 * A phone sends at most 500 events and 512 KiB before gzip. Twice that in events leaves room for other clients;
 * float32 samples hardly shrink under gzip, so 1 MiB compressed is twice a phone's largest batch; JSON shrinks four
 * to eight times, hence 4 MiB inflated. 32 KiB of one event hold 128 strings of the default length. 64 MiB waiting
 * are 16 of the largest batches, or what a disk of 100 MB/s takes in under a second. The slowest uplink that we
 * serve, 40 kB/s, needs 25 s for a full body. A supervisor commonly kills 10 s after SIGTERM: draining takes half. Segments: see `SEGMENT_BYTES`.
 */
export const DEFAULT_INGEST_LIMITS: IngestLimits = Object.freeze({
  compressedBytes: 1024 * 1024,
  inflatedBytes: 4 * 1024 * 1024,
  batchEvents: 1000,
  eventBytes: 32 * 1024,
  waitingBytes: 64 * 1024 * 1024,
  requestMs: 30_000,
  drainMs: 5000,
  segmentBytes: SEGMENT_BYTES,
});
