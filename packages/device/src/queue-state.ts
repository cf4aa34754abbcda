import { addRanges, hasSequence, type SequenceSet } from "@tideline/spec";
import type { Source } from "./journal.ts";

/** What has become of the events of one source. */
export interface Settled {
  /** The server is responsible for them. */
  readonly acknowledged: SequenceSet;
  /** Given up: too old, too many, refused, or their consent was withdrawn. */
  readonly dropped: SequenceSet;
}

/** The queue's state file. */
export interface QueueState {
  readonly format: 1;
  /** Events that the server put into quarantine, over all time. */
  readonly quarantined: number;
  /** By `install.epoch`. */
  readonly sources: Readonly<Record<string, Settled>>;
}

/** Nothing settled. */
export const EMPTY_STATE: QueueState = { format: 1, quarantined: 0, sources: {} };

/** Key of a source in the state. */
export function sourceKey({ install, epoch }: Source): string {
  return `${install}.${epoch}`;
}

/** What is settled of a source. */
export function settledOf(state: QueueState, key: string): Settled {
  return state.sources[key] ?? { acknowledged: [], dropped: [] };
}

/** Whether an event needs no more work. */
export function isSettled({ acknowledged, dropped }: Settled, seq: number): boolean {
  return hasSequence(acknowledged, seq) || hasSequence(dropped, seq);
}

/** The state with more sequence numbers of a source settled. */
export function settle(
  state: QueueState,
  key: string,
  kind: keyof Settled,
  sequences: readonly number[],
): QueueState {
  const old = settledOf(state, key);
  const set = addRanges(
    old[kind],
    sequences.map((seq) => [seq, seq]),
  );
  return { ...state, sources: { ...state.sources, [key]: { ...old, [kind]: set } } };
}

/** The highest settled sequence number of a source; 0 for none. */
export function highestSettled({ acknowledged, dropped }: Settled): number {
  return [acknowledged, dropped].reduce((most, set) => Math.max(most, set[set.length - 1]?.[1] ?? 0), 0);
}
