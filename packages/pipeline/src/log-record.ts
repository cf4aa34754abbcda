import type { SequenceSet, WireValue } from "@tideline/spec";

/** Version of the log's records. */
export const LOG_RECORD_FORMAT = 1;

/** A place in the durable log: the byte offset at which the next record of a segment starts. */
export interface LogPosition {
  /** Fencing epoch of the owner that wrote the segment. */
  readonly epoch: number;
  readonly segment: number;
  readonly offset: number;
}

/** Places in the logs of further writers of a folder, by the writer's name. */
export type WriterPositions = Readonly<Record<string, LogPosition>>;

/** How far the logs of a folder were read: the first writer's, and those of further ones. */
export interface LogProgress {
  /** Null: not at all. */
  readonly log: LogPosition | null;
  /** A writer that is left out was not read at all. */
  readonly logs?: WriterPositions;
}

/** An accepted event, as the newest version of its declaration. */
export interface LogEvent {
  readonly seq: number;
  readonly name: string;
  /** The schema version that the properties fit. */
  readonly version: number;
  /** The schema version that the phone sent. */
  readonly sent_version: number;
  /** The device's clock, milliseconds since 1970. */
  readonly time: number;
  /** Pseudonym of the person, 32 hex digits. */
  readonly subject: string;
  /** Another pseudonym of the same person until then, where the phone said so. */
  readonly previous?: string;
  /** The key under which the payload is encrypted; null while it is stored in clear. */
  readonly key_id: null;
  readonly consent: readonly string[];
  /**
   * Frame fields are `{ offset, samples }` into the record's attachment: float32 LE, `[samples, channels]`; with
   * `gaps` and `rate` where the phone told them.
   */
  readonly properties: Readonly<Record<string, WireValue>>;
}

/** A refused event. */
export interface LogQuarantine {
  readonly seq: number;
  readonly name: string;
  readonly code: string;
  readonly field: string;
  readonly reason: string;
  /** The event as it came, or null where nothing of it may be kept. */
  readonly content: object | null;
}

/** What the log keeps of one batch. */
export interface LogRecord {
  readonly format: typeof LOG_RECORD_FORMAT;
  /** The server's clock when the batch had come, milliseconds since 1970. */
  readonly received_at: number;
  readonly install: string;
  /** The install's epoch, not the owner's. */
  readonly epoch: number;
  readonly sdk: string;
  /** Pseudonym of whatever this install sends before it knows a user; records of before this was kept lack it. */
  readonly install_subject?: string;
  /** Hash of the install's secret, where the batch carried one. */
  readonly proof?: string;
  /** The device's clock when it was sent, milliseconds since 1970. */
  readonly sent_at: number;
  readonly events: readonly LogEvent[];
  readonly quarantined: readonly LogQuarantine[];
  /** Events of the batch that the server already had. */
  readonly duplicates: number;
  /** Numbers of events that were taken out since, because their person left: a copy that comes again is none new. */
  readonly erased?: SequenceSet;
}

/** A record as the log is read: `position` is where reading goes on after it. */
export interface LogEntry {
  readonly record: LogRecord;
  /** Packed samples of the record's frames. */
  readonly attachment: Uint8Array;
  readonly position: LogPosition;
  /** The writer whose log it stands in; left out for the first one. */
  readonly writer?: string;
}
