import { countSequences, hasSequence, messageOf, type SequenceSet, type WireEvent } from "@tideline/spec";
import { writeJsonFile } from "./json-file.ts";
import { encodeRecord, type JournalRecord } from "./journal-record.ts";
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
  /** Packed samples that the event's frames point into. */
  readonly attachment: Uint8Array;
}

/** An event that waits; its content stays in the journal. */
interface Waiting {
  readonly key: string;
  readonly source: Source;
  readonly seq: number;
  readonly time: number;
  readonly purpose: string;
  readonly segment: Segment;
  readonly length: number;
  /** Where it stands in the segment; moves when the segment is rewritten. */
  offset: number;
}

/** Events of one source to send together, oldest first. */
export interface Load {
  readonly source: Source;
  readonly records: readonly JournalRecord[];
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
  /** Gives up every waiting event of a purpose that is not granted, and removes it from the journal. */
  purge(granted: readonly string[]): Promise<void>;
  counts(): QueueCounts;
  acknowledged(): Readonly<Record<string, SequenceSet>>;
  /** Resolves when everything handed in so far is written. */
  idle(): Promise<void>;
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
  const serial = createSerial();
  let state = options.state;
  let waiting: Waiting[] = [];
  let waitingBytes = 0;
  let nextSequence = highestSettled(settledOf(state, own)) + 1;

  const save = async (next: QueueState): Promise<void> => {
    await writeJsonFile(ports, QUEUE_FILE, next);
    state = next;
  };

  /** Removes files of which nothing waits; the auditor's journal keeps them. */
  const removeSettled = async (segments: ReadonlySet<Segment>): Promise<void> => {
    if (keepJournal) return;
    const alive = new Set(waiting.map(({ segment }) => segment));
    for (const segment of segments) if (!alive.has(segment)) await journal.remove(segment);
  };

  /** Takes settled events off the waiting list. */
  const forget = (gone: ReadonlySet<Waiting>): void => {
    waiting = waiting.filter((event) => !gone.has(event));
    waitingBytes = waiting.reduce((sum, event) => sum + event.length, 0);
  };

  /** Notes events as dropped. */
  const giveUp = async (gone: readonly Waiting[]): Promise<void> => {
    if (gone.length === 0) return;
    let next = state;
    for (const key of new Set(gone.map((event) => event.key))) {
      const sequences = gone.flatMap((event) => (event.key === key ? [event.seq] : []));
      next = settle(next, key, "dropped", sequences);
    }
    await save(next);
    forget(new Set(gone));
  };

  /** Rewrites a segment without the records that are dropped (the auditor's journal) or settled (any other). */
  const erase = async (segment: Segment): Promise<void> => {
    const settled = settledOf(state, sourceKey(segment.source));
    const records = await journal.records(segment);
    const keep = records.filter(({ header }) =>
      keepJournal ? !hasSequence(settled.dropped, header.seq) : !isSettled(settled, header.seq),
    );
    if (keep.length === records.length) return;
    const offsets = await journal.rewrite(segment, keep);
    const places = new Map(keep.map(({ header }, index) => [header.seq, offsets[index]!]));
    for (const event of waiting) if (event.segment === segment) event.offset = places.get(event.seq)!;
  };

  /** Drops the oldest events beyond the bounds of bytes and age. */
  const enforceBounds = async (): Promise<void> => {
    const oldest = ports.clock() - limits.pendingAgeMs;
    let bytes = waitingBytes;
    const full = bytes > limits.pendingBytes;
    if (waiting.length === 0 || (!full && waiting[0]!.time >= oldest)) return;
    const gone = waiting.filter((event) => {
      const over = full && bytes > limits.pendingBytes * ROOM;
      if (!over && event.time >= oldest) return false;
      bytes -= event.length;
      return true;
    });
    await giveUp(gone);
    await removeSettled(new Set(gone.map(({ segment }) => segment)));
  };

  const wait = (segment: Segment, { header, offset, length }: Omit<JournalRecord, "attachment">): void => {
    const { seq, time, purpose } = header;
    const { source: from } = segment;
    waiting.push({ key: sourceKey(from), source: from, seq, time, purpose, segment, offset, length });
    waitingBytes += length;
  };

  for (const { segment, records } of journal.found) {
    const key = sourceKey(segment.source);
    const settled: Settled = settledOf(state, key);
    for (const record of records) {
      if (key === own) nextSequence = Math.max(nextSequence, record.header.seq + 1);
      if (!isSettled(settled, record.header.seq)) wait(segment, record);
    }
  }
  const found = journal.found.map(({ segment }) => segment);
  for (const segment of found) {
    // An erasure that was interrupted is finished here.
    if (settledOf(state, sourceKey(segment.source)).dropped.length > 0) await erase(segment);
  }
  await removeSettled(new Set(found));
  await enforceBounds();

  let drafts: { draft: Draft; resolve: (seq: number) => void; reject: (error: unknown) => void }[] = [];

  /** Group commit: everything that came while the last write was under way becomes one write. */
  const commit = async (): Promise<void> => {
    const group = drafts;
    drafts = [];
    if (group.length === 0) return;
    try {
      const first = nextSequence;
      const headers = group.map(({ draft }, index) => ({
        seq: first + index,
        ...draft.event,
        purpose: draft.purpose,
      }));
      const records = headers.map((header, index) =>
        encodeRecord(header, group[index]!.draft.attachment, ports.text),
      );
      ports.crashPoint?.("journal.append.before");
      const segment = await journal.append(source, records);
      ports.crashPoint?.("journal.append.after");
      nextSequence += group.length;
      let offset = segment.bytes - records.reduce((sum, record) => sum + record.length, 0);
      for (let index = 0; index < records.length; index += 1) {
        const { length } = records[index]!;
        wait(segment, { header: headers[index]!, offset, length });
        offset += length;
      }
      // The events are durable: that older ones cannot be dropped now is no reason to refuse them.
      await enforceBounds().catch((error: unknown) =>
        ports.log?.({ level: "error", part: "queue", message: messageOf(error) }),
      );
      for (let index = 0; index < group.length; index += 1) group[index]!.resolve(first + index);
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  };

  const record = (draft: Draft): Promise<number> =>
    new Promise((resolve, reject) => {
      drafts.push({ draft, resolve, reject });
      // `commit` hands every failure to the drafts that it took.
      if (drafts.length === 1) void serial(commit);
    });

  const next = (maxEvents: number, maxBytes: number): Promise<Load | null> =>
    serial(async () => {
      await enforceBounds();
      const first = waiting[0];
      if (first === undefined) return null;
      const chosen: Waiting[] = [];
      let bytes = 0;
      for (const event of waiting) {
        if (event.key !== first.key || chosen.length === maxEvents) break;
        if (chosen.length > 0 && bytes + event.length > maxBytes) break;
        chosen.push(event);
        bytes += event.length;
      }
      const records: JournalRecord[] = [];
      for (const segment of new Set(chosen.map((event) => event.segment))) {
        records.push(...(await journal.read(segment, placesIn(segment, chosen))));
      }
      return { source: first.source, records };
    });

  const waitingOf = (load: Load, accept: (seq: number) => boolean): Waiting[] => {
    const key = sourceKey(load.source);
    const sent = new Set(load.records.map(({ header }) => header.seq));
    return waiting.filter((event) => event.key === key && sent.has(event.seq) && accept(event.seq));
  };

  return Object.freeze({
    record,
    next,
    acknowledge: (load: Load, set: SequenceSet, quarantined: number) =>
      serial(async () => {
        const done = waitingOf(load, (seq) => hasSequence(set, seq));
        if (done.length === 0) return 0;
        const settled = settle(
          state,
          sourceKey(load.source),
          "acknowledged",
          done.map(({ seq }) => seq),
        );
        await save({ ...settled, quarantined: state.quarantined + quarantined });
        forget(new Set(done));
        ports.crashPoint?.("queue.acknowledge.after");
        await removeSettled(new Set(done.map(({ segment }) => segment)));
        return done.length;
      }),
    drop: (load: Load) =>
      serial(async () => {
        const gone = waitingOf(load, () => true);
        await giveUp(gone);
        await removeSettled(new Set(gone.map(({ segment }) => segment)));
      }),
    purge: (granted: readonly string[]) =>
      serial(async () => {
        const gone = waiting.filter(({ purpose }) => !granted.includes(purpose));
        await giveUp(gone);
        ports.crashPoint?.("consent.purge.after");
        for (const segment of new Set(gone.map((event) => event.segment))) await erase(segment);
      }),
    counts: () => {
      const sources = Object.values(state.sources);
      const acknowledged = sources.reduce((sum, settled) => sum + countSequences(settled.acknowledged), 0);
      const dropped = sources.reduce((sum, settled) => sum + countSequences(settled.dropped), 0);
      const pending = waiting.length;
      return {
        recorded: acknowledged + pending + dropped,
        acknowledged,
        pending,
        dropped,
        quarantined: state.quarantined,
      };
    },
    acknowledged: () =>
      Object.fromEntries(Object.entries(state.sources).map(([key, settled]) => [key, settled.acknowledged])),
    idle: () => serial(() => Promise.resolve()),
  });
}

function placesIn(segment: Segment, chosen: readonly Waiting[]): readonly Waiting[] {
  return chosen.filter((event) => event.segment === segment);
}
