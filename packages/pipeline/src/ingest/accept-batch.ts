import {
  decodeBatch,
  sequenceSet,
  WIRE_FORMAT,
  type Acknowledgement,
  type AppDefinition,
  type Clock,
} from "@tideline/spec";
import type { ErasedPeople } from "../catalog/erased-file.ts";
import { checkBatchHeader } from "./batch-header.ts";
import type { IdentityIndex } from "./identity.ts";
import { countRecord, countRefused, NO_COUNTS, type IngestCounts } from "./ingest-counts.ts";
import type { IngestLimits } from "./limits.ts";
import { MAX_PAYLOAD_BYTES } from "./log/frame.ts";
import { encodeLogRecord } from "./log/log-record.ts";
import type { Log } from "./log/open-log.ts";
import { nodeText } from "./node-text.ts";
import type { Pseudonymise } from "./pseudonym.ts";
import { tooLarge } from "./read-body.ts";
import { checkBatchResidency } from "./residency.ts";
import { takeBatch } from "./take-batch.ts";

/** What {@link batchAcceptor} needs. */
export interface BatchAcceptorOptions {
  readonly app: AppDefinition;
  readonly log: Log;
  readonly identities: IdentityIndex;
  readonly pseudonymise: Pseudonymise;
  readonly clock: Clock;
  readonly limits: IngestLimits;
  /** Who has left by now. */
  readonly erased: () => ErasedPeople;
  /** The region of the folder; null for one without. */
  readonly region: string | null;
  /** Told of the first batch that belongs to another region. */
  readonly onMisrouted?: () => void;
}

/** How a batch was sent. */
export interface AcceptOptions {
  /** Whether its sender asked for privacy beyond what the batch says: then only essential purposes are consented to. */
  readonly optOut?: boolean;
}

/** Takes batches into the log. */
export interface BatchAcceptor {
  /**
   * Takes the bytes of a batch and resolves once everything that it acknowledges is fsynced, whoever brought it.
   * Throws `BATCH_MALFORMED`, `BATCH_TOO_LARGE` or `RESIDENCY_MISMATCH`, with nothing stored; rejects with the log's fault.
   */
  accept(bytes: Uint8Array, how?: AcceptOptions): Promise<Acknowledgement>;
  counts(): IngestCounts;
}

/** Bytes of a batch's JSON header, of a batch that has been decoded. */
function headerBytesOf(bytes: Uint8Array, attachment: Uint8Array): number {
  return bytes.length - attachment.length;
}

/** Makes the one way by which batches get into a log. */
export function batchAcceptor(options: BatchAcceptorOptions): BatchAcceptor {
  const { app, log, identities, pseudonymise, clock, limits, erased, region } = options;
  let counts = NO_COUNTS;

  const essential: ReadonlySet<string> = new Set(app.essential ?? []);

  /** Counts what belongs elsewhere, and refuses it. */
  const checkResidency = (header: unknown): void => {
    try {
      checkBatchResidency(header, region);
    } catch (error) {
      if (counts.misrouted === 0) options.onMisrouted?.();
      counts = { ...counts, misrouted: counts.misrouted + 1 };
      throw error;
    }
  };

  const accept = async (bytes: Uint8Array, how: AcceptOptions = {}): Promise<Acknowledgement> => {
    const receivedAt = clock();
    const { header: untrusted, attachment } = decodeBatch(bytes, nodeText);
    checkResidency(untrusted);
    const header = checkBatchHeader(untrusted, limits);
    const { install, epoch } = header;
    const sequences = header.events.map(({ seq }) => seq);
    // From here to `begin` nothing may wait: two copies of a batch would both be taken for new, and an erasure relies
    // on it that whatever is taken after its entry into the ledger was held against it.
    const people = erased();
    if (people.hasInstall(install)) {
      counts = countRefused(counts, "SUBJECT_ERASED", sequences.length);
      const quarantined = sequences.map((seq) => ({ seq, code: "SUBJECT_ERASED", field: "install" }));
      const acknowledged = sequenceSet(sequences);
      return { format: WIRE_FORMAT, acknowledged, quarantined, duplicates: 0, received_at: receivedAt };
    }
    const { fresh, duplicates, waits } = identities.divide(install, epoch, sequences);
    const taken = takeBatch({ header, attachment, headerBytes: headerBytesOf(bytes, attachment) }, fresh, {
      app,
      pseudonymise,
      eventBytes: limits.eventBytes,
      receivedAt,
      people,
      purposes: how.optOut === true ? essential : null,
    });
    const payload = encodeLogRecord(taken.record, taken.attachment);
    // Numbers may be longer as the log writes them than as they came, and int16 becomes float32.
    if (payload.length > MAX_PAYLOAD_BYTES) throw tooLarge(MAX_PAYLOAD_BYTES, "as it would be stored");
    const stored = log.append(payload).then((position) => {
      counts = countRecord(counts, taken);
      return position;
    });
    const own = fresh.map((index) => sequences[index]!);
    if (own.length > 0) identities.begin(install, epoch, own, stored);
    // A record of nothing but duplicates is for the auditor's count; what it repeats is durable or waited for.
    else stored.catch(ignoreFault);
    await Promise.all(own.length > 0 ? [stored, ...waits] : waits);
    return {
      format: WIRE_FORMAT,
      acknowledged: sequenceSet(sequences),
      quarantined: taken.record.quarantined.map(({ seq, code, field }) => ({ seq, code, field })),
      duplicates,
      received_at: receivedAt,
    };
  };
  return { accept, counts: () => counts };
}

/** The log reports its fault to the owner itself. */
function ignoreFault(): void {}
