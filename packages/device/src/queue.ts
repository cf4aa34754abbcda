import { hasSequence, messageOf, type SequenceSet } from "@tideline/spec";
import type { Context } from "./context.ts";
import type { CrashPoint } from "./crash-point.ts";
import { fail } from "./fail.ts";
import { encodeRecord, withdrawFields, type JournalRecord, type RecordHeader } from "./journal-record.ts";
import type { Journal, Segment, Source } from "./journal.ts";
import {
  beginState,
  highestSettled,
  isKnown,
  isSettled,
  settle,
  settledOf,
  sourceKey,
  type DropReason,
  type QueueState,
  type Settled,
  type Totals,
} from "./queue-state.ts";
import { passTime } from "./queue-age.ts";
import { createSerial } from "./serial.ts";
import type { StateFile } from "./state-file.ts";

/** Name of the queue's state file. */
export const QUEUE_FILE = "queue.json";

/** A full queue is cut to this share of its bound, so that not every further event costs a write of the state. */
const ROOM = 0.9;

/** An event about to be recorded; the queue gives it its sequence number. */
export interface Draft {
  readonly header: Omit<RecordHeader, "seq" | "recorded">;
  /** Packed samples that the event's frames point into. */
  readonly attachment: Uint8Array;
}

/** An event that waits; its content stays in the journal. */
interface Waiting extends Pick<RecordHeader, "seq" | "purpose"> {
  readonly purposes: RecordHeader["purposes"] | undefined;
  readonly key: string;
  /** Age of the queue when it was recorded. */
  readonly recorded: number;
  readonly segment: Segment;
  readonly length: number;
}

/** Events of one source to send together, oldest first. */
export interface Load {
  readonly source: Source;
  /** Of the secret of the source's install, where it is known. */
  readonly proof: string | undefined;
  readonly records: readonly JournalRecord[];
  /** What the queue knows them by. */
  readonly events: ReadonlySet<object>;
  /** False once consent was withdrawn from anything since the load was made, or the queue ended: it must not be sent. */
  isCurrent(): boolean;
}

/** Counts over all time: `recorded = acknowledged + pending + dropped`. */
export interface QueueCounts {
  readonly recorded: number;
  readonly acknowledged: number;
  readonly pending: number;
  readonly dropped: number;
  readonly quarantined: number;
  /** Those that were dropped, by the reason. */
  readonly drops: Omit<Totals, "acknowledged">;
}

/** The durable queue between `track` and the server. */
export interface Queue {
  /** Bytes of torn writes that were cut off at the start. */
  readonly tornBytes: number;
  /** Makes an event durable and gives its sequence number; events of the same moment share one write. */
  record(draft: Draft): Promise<number>;
  /** The oldest events that wait, all of one source, at least one; null when none waits. */
  next(maxEvents: number, maxBytes: number): Promise<Load | null>;
  /** Notes what the server took over of a load that was sent; returns how many events that settled. */
  acknowledge(load: Load, acknowledged: SequenceSet, quarantined: number): Promise<number>;
  /** Gives events up; they leave the journal. */
  drop(load: Load): Promise<unknown>;
  /**
   * Gives up every waiting event of a purpose that is not granted, and every such field; both leave the journal.
   * Nothing is handed out from the moment of the call until it is done; `first` is done before it, also where the
   * queue was closed and the rest is refused.
   */
  purge(granted: readonly string[], first?: () => Promise<void>): Promise<void>;
  counts(): QueueCounts;
  acknowledged(): Readonly<Record<string, SequenceSet>>;
  /** Whether the server took anything of an install. */
  isKnown(install: string): boolean;
  /**
   * Resolves when everything handed in so far is written; whatever is asked of the queue later is refused, and what is
   * about to be sent is not. A second call changes nothing.
   */
  close(): Promise<void>;
}

/** What {@link openQueue} needs. */
export interface QueueOptions {
  readonly journal: Journal;
  readonly state: StateFile<QueueState>;
  readonly source: Source & { readonly proof: string };
}

/** Throws what a call gets after the end. */
export const refuseEnded = (): never => fail("STORAGE_FAILED", "queue", undefined, "a call after its end");

/** Opens the queue over what the journal holds; settled files are removed. */
export async function openQueue(
  { ports, limits, keepJournal }: Context,
  { journal, state, source }: QueueOptions,
): Promise<Queue> {
  const { text, crashPoint } = ports;
  const own = sourceKey(source);
  const settledIn = (key: string): Settled => settledOf(state.get(), key);
  const now = ports.clock();
  let age = passTime(state.get().age ?? { lived: 0, seen: now }, now);
  let waiting: Waiting[] = [];
  let waitingBytes = 0;
  let nextSequence = highestSettled(settledIn(own)) + 1;
  let purges = 0;
  let closed = false;
  const inOrder = createSerial();
  const serial: typeof inOrder = (task) => inOrder(async () => (closed ? refuseEnded() : task()));

  /** What waits of some segments, each removed where nothing does; the auditor's journal keeps them. */
  const removeSettled = async (segments: readonly Segment[]): Promise<void> => {
    const alive = new Set(waiting.map(({ segment }) => segment));
    for (const segment of new Set(segments)) {
      if (!keepJournal && !alive.has(segment)) await journal.remove(segment);
    }
  };

  const wait = (events: readonly Waiting[]): void => {
    for (const event of events) {
      waiting.push(event);
      waitingBytes += event.length;
    }
  };

  /** Notes what became of waiting events, given up where there is a reason, and takes them off the list. */
  const settleWhere = async (
    isGone: (event: Waiting) => boolean,
    reason: DropReason | null,
    point?: CrashPoint,
    quarantined = 0,
  ): Promise<number> => {
    const gone = waiting.filter(isGone);
    if (gone.length === 0) return 0;
    await state.change((before) => {
      const kind = reason ?? "acknowledged";
      const totals = { ...before.totals, [kind]: (before.totals?.[kind] ?? 0) + gone.length };
      let next: QueueState = { ...before, age, totals, quarantined: before.quarantined + quarantined };
      for (const key of new Set(gone.map((event) => event.key))) {
        const sequences = gone.flatMap((event) => (event.key === key ? [event.seq] : []));
        next = settle(next, key, reason ? "dropped" : "acknowledged", sequences);
      }
      return next;
    });
    if (reason) {
      ports.log?.({ level: "warning", part: "queue", message: `${gone.length} given up: ${reason}` });
    }
    const all = new Set(gone);
    waiting = waiting.filter((event) => !all.has(event));
    for (const { length } of gone) waitingBytes -= length;
    if (point !== undefined) crashPoint?.(point);
    await removeSettled(gone.map(({ segment }) => segment));
    return gone.length;
  };

  /**
   * Rewrites a segment without the records that are dropped (the auditor's journal) or settled (any other), and
   * without fields whose purpose is not granted.
   */
  const erase = async (segment: Segment, granted?: readonly string[]): Promise<void> => {
    const settled = settledIn(sourceKey(segment.source));
    const records = await journal.read(segment);
    const kept = records.filter(({ header: { seq } }) =>
      keepJournal ? !hasSequence(settled.dropped, seq) : !isSettled(settled, seq),
    );
    const bytes = kept.map((record) => (granted ? withdrawFields(record, granted, text) : record.bytes));
    if (records.some((record, index) => record.bytes !== bytes[index])) await journal.rewrite(segment, bytes);
  };

  /** Drops the oldest events beyond the bounds of bytes and age. */
  const enforceBounds = async (): Promise<void> => {
    age = passTime(age, ports.clock());
    const oldest = age.lived - limits.pendingAgeMs;
    if (waiting.length > 0 && waiting[0]!.recorded < oldest) {
      await settleWhere(({ recorded }) => recorded < oldest, "age");
    }
    if (waitingBytes <= limits.pendingBytes) return;
    let bytes = waitingBytes;
    await settleWhere(({ length }) => {
      const isGone = bytes > limits.pendingBytes * ROOM;
      if (isGone) bytes -= length;
      return isGone;
    }, "space");
  };

  /** A record as the queue remembers it; one of before knows no age. */
  const waitingOf = (
    { seq, recorded = 0, purpose, purposes }: RecordHeader,
    segment: Segment,
    length: number,
  ): Waiting => {
    // A state that was lost took the queue's age along.
    age = { ...age, lived: Math.max(age.lived, recorded) };
    return { key: sourceKey(segment.source), seq, recorded, purpose, purposes, segment, length };
  };

  for (const { segment, records } of journal.found) {
    const key = sourceKey(segment.source);
    const settled = settledIn(key);
    wait(
      records.flatMap(({ header, bytes }) => {
        if (key === own) nextSequence = Math.max(nextSequence, header.seq + 1);
        return isSettled(settled, header.seq) ? [] : [waitingOf(header, segment, bytes.length)];
      }),
    );
    // An erasure that was interrupted is finished here.
    if (settled.dropped.length > 0) await erase(segment);
  }
  await removeSettled(journal.found.map(({ segment }) => segment));
  // Written at the first start, too: from now on a missing file means lost storage.
  const sources = new Set([own, ...journal.found.map(({ segment }) => sourceKey(segment.source))]);
  await state.change((before) => ({ ...beginState(before, sources, source), age }));
  await enforceBounds();

  let drafts: { draft: Draft; resolve: (seq: number) => void; reject: (error: unknown) => void }[] = [];

  /** Group commit: everything that came while the last write was under way becomes one write. */
  const commit = async (group: typeof drafts): Promise<void> => {
    age = passTime(age, ports.clock());
    const recorded = age.lived;
    const headers = group.map(({ draft }, index) => ({
      seq: nextSequence + index,
      ...draft.header,
      recorded,
    }));
    const records = group.map(({ draft }, index) => encodeRecord(headers[index]!, draft.attachment, text));
    crashPoint?.("journal.append.before");
    const segment = await journal.append(source, records);
    crashPoint?.("journal.append.after");
    nextSequence += group.length;
    wait(headers.map((header, index) => waitingOf(header, segment, records[index]!.length)));
    // The events are durable: that older ones cannot be dropped now is no reason to refuse them.
    await enforceBounds().catch((error: unknown) =>
      ports.log?.({ level: "error", part: "queue", message: messageOf(error) }),
    );
    headers.forEach(({ seq }, index) => group[index]!.resolve(seq));
  };

  return {
    tornBytes: journal.tornBytes,
    record: (draft) =>
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
      }),
    next: (maxEvents, maxBytes) =>
      serial(async () => {
        await enforceBounds();
        const first = waiting[0];
        if (first === undefined) return null;
        const events = new Set<Waiting>();
        let bytes = 0;
        for (const event of waiting) {
          bytes += event.length;
          const isFull = events.size === maxEvents || bytes > maxBytes;
          if (event.key !== first.key || (isFull && events.size > 0)) break;
          events.add(event);
        }
        const chosen = [...events];
        const sequences = new Set(chosen.map(({ seq }) => seq));
        const records: JournalRecord[] = [];
        for (const segment of new Set(chosen.map((event) => event.segment))) {
          const found = await journal.read(segment);
          records.push(...found.filter(({ header }) => sequences.has(header.seq)));
        }
        if (records.length < events.size) {
          fail("STORAGE_FAILED", "journal", first.segment.name, "other bytes", "the records that it held");
        }
        const at = purges;
        const { proof } = settledIn(first.key);
        return { source: first.segment.source, proof, records, events, isCurrent: () => at === purges };
      }),
    acknowledge: ({ events }, set, quarantined) =>
      serial(() =>
        settleWhere(
          (event) => events.has(event) && hasSequence(set, event.seq),
          null,
          "queue.acknowledge.after",
          quarantined,
        ),
      ),
    drop: ({ events }) => serial(() => settleWhere((event) => events.has(event), "refused")),
    purge: (granted, first) => {
      // At once: what is about to be sent is not.
      purges += 1;
      const isWithdrawn = (purpose: string): boolean => !granted.includes(purpose);
      return inOrder(async () => {
        await first?.();
        if (closed) refuseEnded();
        const touched = waiting.filter(({ purpose, purposes = {} }) =>
          [purpose, ...Object.values(purposes)].some(isWithdrawn),
        );
        await settleWhere(({ purpose }) => isWithdrawn(purpose), "consent", "consent.purge.after");
        for (const segment of new Set(touched.map((event) => event.segment))) await erase(segment, granted);
      });
    },
    counts: () => {
      const { quarantined, totals } = state.get();
      const { acknowledged = 0, ...drops } = totals!;
      const dropped = Object.values(drops).reduce((sum, count) => sum + count, 0);
      const pending = waiting.length;
      const recorded = acknowledged + pending + dropped;
      return { recorded, acknowledged, pending, dropped, quarantined, drops };
    },
    acknowledged: () =>
      Object.fromEntries(
        Object.entries(state.get().sources).map(([key, { acknowledged }]) => [key, acknowledged]),
      ),
    isKnown: (install) => isKnown(state.get(), install),
    close: () => {
      purges += 1;
      return inOrder(async () => {
        closed = true;
      });
    },
  };
}
