import {
  countSequences,
  hasSequence,
  messageOf,
  tidelineError,
  type SequenceSet,
  type WireEvent,
} from "@tideline/spec";
import type { CrashPoint } from "./crash-point.ts";
import { writeJsonFile } from "./json-file.ts";
import { encodeRecord, withdrawFields, type JournalRecord, type RecordHeader } from "./journal-record.ts";
import type { Journal, Segment, Source } from "./journal.ts";
import type { ClientLimits } from "./limits.ts";
import type { DevicePorts } from "./ports.ts";
import {
  highestSettled,
  isSettled,
  settle,
  settledOf,
  sourceKey,
  type QueueState,
  type Settled,
} from "./queue-state.ts";
import { createSerial } from "./serial.ts";

/** Name of the queue's state file. */
export const QUEUE_FILE = "queue.json";

/** A full queue is cut to this share of its bound, so that not every further event costs a write of the state. */
const ROOM = 0.9;

/** An event about to be recorded; the queue gives it its sequence number. */
export interface Draft {
  readonly event: Omit<WireEvent, "seq">;
  readonly purpose: string;
  /** Purposes of single properties that have one of their own. */
  readonly purposes?: Readonly<Record<string, string>>;
  /** Packed samples that the event's frames point into. */
  readonly attachment: Uint8Array;
}

/** An event that waits; its content stays in the journal. */
interface Waiting {
  readonly key: string;
  readonly header: Pick<RecordHeader, "seq" | "time" | "purpose" | "purposes">;
  readonly segment: Segment;
  /** Where it stands in the segment; changes when the segment is rewritten. */
  offset: number;
  length: number;
}

/** Events of one source to send together, oldest first. */
export interface Load {
  readonly source: Source;
  readonly records: readonly JournalRecord[];
  /** False once consent was withdrawn from anything since the load was made: it must not be sent. */
  isCurrent(): boolean;
}

/** Counts over all time: `recorded = acknowledged + pending + dropped`. */
export interface QueueCounts {
  readonly recorded: number;
  readonly acknowledged: number;
  readonly pending: number;
  readonly dropped: number;
  readonly quarantined: number;
}

/** The durable queue between `track` and the server. */
export interface Queue {
  /** Makes an event durable and gives its sequence number; events of the same moment share one write. */
  record(draft: Draft): Promise<number>;
  /** The oldest events that wait, all of one source, at least one; null when none waits. */
  next(maxEvents: number, maxBytes: number): Promise<Load | null>;
  /** Notes what the server took over of a load that was sent; returns how many events that settled. */
  acknowledge(load: Load, acknowledged: SequenceSet, quarantined: number): Promise<number>;
  /** Gives events up; they leave the journal. */
  drop(load: Load): Promise<void>;
  /** Gives up every waiting event of a purpose that is not granted, and every such field; both leave the journal. */
  purge(granted: readonly string[]): Promise<void>;
  counts(): QueueCounts;
  acknowledged(): Readonly<Record<string, SequenceSet>>;
  /** Resolves when everything handed in so far is written; whatever is asked of the queue later is refused. */
  close(): Promise<void>;
}

/** What {@link openQueue} needs. */
export interface QueueOptions {
  readonly ports: DevicePorts;
  readonly limits: ClientLimits;
  readonly journal: Journal;
  readonly state: QueueState;
  readonly source: Source;
  readonly keepJournal: boolean;
}

/** Opens the queue over what the journal holds; settled files are removed. */
export async function openQueue(options: QueueOptions): Promise<Queue> {
  const { ports, limits, journal, source, keepJournal } = options;
  const own = sourceKey(source);
  let { state } = options;
  let waiting: Waiting[] = [];
  let waitingBytes = 0;
  let nextSequence = highestSettled(settledOf(state, own)) + 1;
  let purges = 0;
  let closed = false;
  const inOrder = createSerial();
  const serial: typeof inOrder = (task) =>
    inOrder(() => {
      if (closed)
        throw tidelineError("STORAGE_FAILED", { who: "queue", received: "a call after it was closed" });
      return task();
    });

  /** Removes files of which nothing waits; the auditor's journal keeps them. */
  const removeSettled = async (segments: readonly Segment[]): Promise<void> => {
    if (keepJournal) return;
    const alive = new Set(waiting.map(({ segment }) => segment));
    for (const segment of new Set(segments)) if (!alive.has(segment)) await journal.remove(segment);
  };

  /** Notes what became of waiting events, and takes them off the list. */
  const settleAll = async (
    gone: readonly Waiting[],
    kind: keyof Settled,
    { point, quarantined = 0 }: { point?: CrashPoint; quarantined?: number } = {},
  ): Promise<void> => {
    if (gone.length === 0) return;
    let next = { ...state, quarantined: state.quarantined + quarantined };
    for (const key of new Set(gone.map((event) => event.key))) {
      const sequences = gone.flatMap((event) => (event.key === key ? [event.header.seq] : []));
      next = settle(next, key, kind, sequences);
    }
    await writeJsonFile(ports, QUEUE_FILE, next);
    state = next;
    const all = new Set(gone);
    waiting = waiting.filter((event) => !all.has(event));
    for (const { length } of gone) waitingBytes -= length;
    if (point !== undefined) ports.crashPoint?.(point);
    await removeSettled(gone.map(({ segment }) => segment));
  };

  /**
   * Rewrites a segment without the records that are dropped (the auditor's journal) or settled (any other), and
   * without fields whose purpose is not granted.
   */
  const erase = async (segment: Segment, granted: readonly string[] | null): Promise<void> => {
    const settled = settledOf(state, sourceKey(segment.source));
    const records = await journal.read(segment);
    const kept = records.filter(({ header: { seq } }) =>
      keepJournal ? !hasSequence(settled.dropped, seq) : !isSettled(settled, seq),
    );
    const bytes = kept.map((record) =>
      granted === null ? record.bytes : withdrawFields(record, granted, ports.text),
    );
    if (records.every((record, index) => record.bytes === bytes[index])) return;
    await journal.rewrite(segment, bytes);
    const places = new Map<number, readonly [offset: number, length: number]>();
    let offset = 0;
    kept.forEach(({ header }, index) => {
      const { length } = bytes[index]!;
      places.set(header.seq, [offset, length]);
      offset += length;
    });
    for (const event of waiting) {
      if (event.segment !== segment) continue;
      waitingBytes -= event.length;
      [event.offset, event.length] = places.get(event.header.seq)!;
      waitingBytes += event.length;
    }
  };

  /** Drops the oldest events beyond the bounds of bytes and age. */
  const enforceBounds = async (): Promise<void> => {
    const oldest = ports.clock() - limits.pendingAgeMs;
    const wanted = waitingBytes > limits.pendingBytes ? limits.pendingBytes * ROOM : waitingBytes;
    if (wanted === waitingBytes && !(waiting.length > 0 && waiting[0]!.header.time < oldest)) return;
    let bytes = waitingBytes;
    const gone = waiting.filter(({ header, length }) => {
      if (bytes <= wanted && header.time >= oldest) return false;
      bytes -= length;
      return true;
    });
    await settleAll(gone, "dropped");
  };

  const wait = (segment: Segment, header: RecordHeader, offset: number, length: number): void => {
    const { seq, time, purpose, purposes } = header;
    const kept = { seq, time, purpose, ...(purposes !== undefined && { purposes }) };
    waiting.push({ key: sourceKey(segment.source), header: kept, segment, offset, length });
    waitingBytes += length;
  };

  for (const { segment, records } of journal.found) {
    const key = sourceKey(segment.source);
    const settled = settledOf(state, key);
    let offset = 0;
    for (const { header, bytes } of records) {
      if (key === own) nextSequence = Math.max(nextSequence, header.seq + 1);
      if (!isSettled(settled, header.seq)) wait(segment, header, offset, bytes.length);
      offset += bytes.length;
    }
    // An erasure that was interrupted is finished here.
    if (settled.dropped.length > 0) await erase(segment, null);
  }
  await removeSettled(journal.found.map(({ segment }) => segment));
  await enforceBounds();

  let drafts: { draft: Draft; resolve: (seq: number) => void; reject: (error: unknown) => void }[] = [];

  /** Group commit: everything that came while the last write was under way becomes one write. */
  const commit = async (group: typeof drafts): Promise<void> => {
    const headers = group.map(({ draft: { event, purpose, purposes } }, index) => ({
      seq: nextSequence + index,
      ...event,
      purpose,
      purposes,
    }));
    const records = headers.map((header, index) =>
      encodeRecord(header as RecordHeader, group[index]!.draft.attachment, ports.text),
    );
    ports.crashPoint?.("journal.append.before");
    const segment = await journal.append(source, records);
    ports.crashPoint?.("journal.append.after");
    nextSequence += group.length;
    let offset = records.reduce((from, { length }) => from - length, segment.bytes);
    headers.forEach((header, index) => {
      const { length } = records[index]!;
      wait(segment, header as RecordHeader, offset, length);
      offset += length;
    });
    // The events are durable: that older ones cannot be dropped now is no reason to refuse them.
    await enforceBounds().catch((error: unknown) =>
      ports.log?.({ level: "error", part: "queue", message: messageOf(error) }),
    );
    headers.forEach(({ seq }, index) => group[index]!.resolve(seq));
  };

  const record = (draft: Draft): Promise<number> =>
    new Promise((resolve, reject) => {
      drafts.push({ draft, resolve, reject });
      if (drafts.length > 1) return;
      const group = drafts;
      const take = (): void => {
        if (drafts === group) drafts = [];
      };
      serial(() => {
        take();
        return commit(group);
      }).catch((error: unknown) => {
        take();
        for (const { reject: refuse } of group) refuse(error);
      });
    });

  const next = (maxEvents: number, maxBytes: number): Promise<Load | null> =>
    serial(async () => {
      await enforceBounds();
      const first = waiting[0];
      if (first === undefined) return null;
      const chosen: Waiting[] = [];
      let bytes = 0;
      for (const event of waiting) {
        bytes += event.length;
        const full = chosen.length === maxEvents || (bytes > maxBytes && event !== first);
        if (full || event.key !== first.key) break;
        chosen.push(event);
      }
      const records: JournalRecord[] = [];
      for (const segment of new Set(chosen.map((event) => event.segment))) {
        const offsets = chosen.flatMap((event) => (event.segment === segment ? [event.offset] : []));
        records.push(...(await journal.read(segment, offsets)));
      }
      const at = purges;
      return { source: first.segment.source, records, isCurrent: () => at === purges };
    });

  const waitingOf = ({ source: from, records }: Load, accept: (seq: number) => boolean): Waiting[] => {
    const key = sourceKey(from);
    const sent = new Set(records.map(({ header }) => header.seq));
    return waiting.filter(({ key: of, header: { seq } }) => of === key && sent.has(seq) && accept(seq));
  };

  return {
    record,
    next,
    acknowledge: (load, set, quarantined) =>
      serial(async () => {
        const done = waitingOf(load, (seq) => hasSequence(set, seq));
        await settleAll(done, "acknowledged", { point: "queue.acknowledge.after", quarantined });
        return done.length;
      }),
    drop: (load) =>
      serial(() =>
        settleAll(
          waitingOf(load, () => true),
          "dropped",
        ),
      ),
    purge: (granted) => {
      // At once: what is about to be sent is not.
      purges += 1;
      return serial(async () => {
        const withdrawn = (purpose: string): boolean => !granted.includes(purpose);
        const touched = waiting.filter(({ header: { purpose, purposes = {} } }) =>
          [purpose, ...Object.values(purposes)].some(withdrawn),
        );
        const gone = touched.filter(({ header }) => withdrawn(header.purpose));
        await settleAll(gone, "dropped", { point: "consent.purge.after" });
        for (const segment of new Set(touched.map((event) => event.segment))) await erase(segment, granted);
      });
    },
    counts: () => {
      const settled = Object.values(state.sources);
      const sum = (kind: keyof Settled): number =>
        settled.reduce((total, one) => total + countSequences(one[kind]), 0);
      const acknowledged = sum("acknowledged");
      const dropped = sum("dropped");
      const pending = waiting.length;
      const { quarantined } = state;
      return { recorded: acknowledged + pending + dropped, acknowledged, pending, dropped, quarantined };
    },
    acknowledged: () =>
      Object.fromEntries(Object.entries(state.sources).map(([key, settled]) => [key, settled.acknowledged])),
    close: () =>
      serial(async () => {
        closed = true;
      }),
  };
}
