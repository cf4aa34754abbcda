import type { TakenBatch } from "./take-batch.ts";

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
  /** Samples that were missing among these, as the phones' frames say. */
  readonly missingSamples: number;
  /** Fields left out before anything was stored, because the person had not consented to their purpose. */
  readonly withheldFields: number;
  /** Batches turned away because they belong to another region: nothing of them is stored. */
  readonly misrouted: number;
}

/** Counts of a server that has just started. */
export const NO_COUNTS: IngestCounts = Object.freeze({
  batches: 0,
  events: 0,
  quarantined: {},
  duplicates: 0,
  samples: 0,
  missingSamples: 0,
  withheldFields: 0,
  misrouted: 0,
});

/** Counts with a batch more of which nothing is stored, not even a record. */
export function countRefused(counts: IngestCounts, code: string, events: number): IngestCounts {
  const quarantined = { ...counts.quarantined, [code]: (counts.quarantined[code] ?? 0) + events };
  return { ...counts, batches: counts.batches + 1, quarantined };
}

/** Counts with a batch more. */
export function countRecord(
  counts: IngestCounts,
  { record, samples, missingSamples, withheldFields }: TakenBatch,
): IngestCounts {
  const quarantined: Record<string, number> = { ...counts.quarantined };
  for (const { code } of record.quarantined) quarantined[code] = (quarantined[code] ?? 0) + 1;
  return {
    ...counts,
    batches: counts.batches + 1,
    events: counts.events + record.events.length,
    quarantined: record.quarantined.length === 0 ? counts.quarantined : quarantined,
    duplicates: counts.duplicates + record.duplicates,
    samples: counts.samples + samples,
    missingSamples: counts.missingSamples + missingSamples,
    withheldFields: counts.withheldFields + withheldFields,
  };
}
