/** Bounds and paces of a client; every field has a default in {@link DEFAULT_LIMITS}. */
export interface ClientLimits {
  /** Events of a batch. */
  readonly batchEvents: number;
  /** Journal bytes of a batch, before gzip; also the largest event that `track` takes. */
  readonly batchBytes: number;
  /** Bytes of a journal file before the next one is begun. */
  readonly segmentBytes: number;
  /** Bytes that may wait; the oldest events are dropped beyond it. */
  readonly pendingBytes: number;
  /** Age beyond which waiting events are dropped, in milliseconds of the device's clock. */
  readonly pendingAgeMs: number;
  /** First pause after a failed request, milliseconds; each further one is twice as long. */
  readonly backoffMs: number;
  /** Longest pause, milliseconds. */
  readonly maxBackoffMs: number;
  /** Failed attempts in a row after which `flush` gives up for now. */
  readonly attempts: number;
  /** Milliseconds for a request. */
  readonly timeoutMs: number;
  /** Largest artifact that is ever fetched, bytes. */
  readonly artifactBytes: number;
  /** Age up to which the last answer of a session stands in where nothing else answers, milliseconds. */
  readonly lastAnswerMs: number;
}

const DAY = 86_400_000;

/**
 * A batch of 512 KiB holds 3.5 minutes of six channels at 50 Hz (1,200 bytes a second) and goes through a slow
 * uplink (100 kB/s) within half the request's time. 32 MiB are 7.7 hours of such a recording. In ten seconds people
 * begin to do something else, and an answer before that is better than a rule.
 */
export const DEFAULT_LIMITS: ClientLimits = {
  batchEvents: 500,
  batchBytes: 512 * 1024,
  segmentBytes: 256 * 1024,
  pendingBytes: 32 * 1024 * 1024,
  pendingAgeMs: 30 * DAY,
  backoffMs: 500,
  maxBackoffMs: 60_000,
  attempts: 5,
  timeoutMs: 15_000,
  artifactBytes: 64 * 1024 * 1024,
  lastAnswerMs: 10_000,
};
