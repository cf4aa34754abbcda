import type { LogRecord } from "../log-record.ts";

/** What an ingest server has stored since it started. Counted when durable. */
export interface IngestCounts {
  /** Batches answered 200. */
  readonly batches: number;
  /** Events accepted. */
  readonly events: number;
  /** Events quarantined, by code. */
  readonly quarantined: Readonly<Record<string, number>>;
  /** Events received again. */
  readonly duplicates: number;
  /** Sensor samples in accepted events: a sample has all channels of its frame. */
  readonly samples: number;
}

/** Counts of a server that has just started. */
export const NO_COUNTS: IngestCounts = Object.freeze({
  batches: 0,
  events: 0,
  quarantined: {},
  duplicates: 0,
  samples: 0,
});

/** Counts with a record more. */
export function countRecord(counts: IngestCounts, record: LogRecord, samples: number): IngestCounts {
  const quarantined: Record<string, number> = { ...counts.quarantined };
  for (const { code } of record.quarantined) quarantined[code] = (quarantined[code] ?? 0) + 1;
  return {
    batches: counts.batches + 1,
    events: counts.events + record.events.length,
    quarantined: record.quarantined.length === 0 ? counts.quarantined : quarantined,
    duplicates: counts.duplicates + record.duplicates,
    samples: counts.samples + samples,
  };
}
