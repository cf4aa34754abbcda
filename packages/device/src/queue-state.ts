import { addRanges, countSequences, hasSequence, type SequenceSet } from "@tideline/spec";
import type { Source } from "./journal.ts";
import type { QueueAge } from "./queue-age.ts";

/** What has become of the events of one source. */
export interface Settled {
  /** The server is responsible for them. */
  readonly acknowledged: SequenceSet;
  /** Given up: too old, too many, refused, or their consent was withdrawn. */
  readonly dropped: SequenceSet;
  /** Of the install's secret, so that its events go out with it whoever sends them. Older files have none. */
  readonly proof?: string;
  /** The server took events of the install under other epochs, which are forgotten here. */
  readonly known?: boolean;
}

/** Why events were given up: too old, too many, refused by the server, consent withdrawn. */
export type DropReason = "age" | "space" | "refused" | "consent";

/** Events by what became of them; `before`: given up by a version that did not tell why. */
export type Totals = Readonly<Partial<Record<DropReason | "acknowledged" | "before", number>>>;

/** The queue's state file. */
export interface QueueState {
  readonly format: 1;
  /** Events that the server put into quarantine, over all time. */
  readonly quarantined: number;
  /** By `install.epoch`: this start's, and those of which something waits. */
  readonly sources: Readonly<Record<string, Settled>>;
  /** Over all time, also of sources that are forgotten. Older files have none. */
  readonly totals?: Totals;
  readonly age?: QueueAge;
}

/** Nothing settled. */
export const EMPTY_STATE: QueueState = { format: 1, quarantined: 0, sources: {} };

const UNSETTLED: Settled = { acknowledged: [], dropped: [] };

/** Key of a source in the state. */
export function sourceKey({ install, epoch }: Source): string {
  return `${install}.${epoch}`;
}

const installOf = (key: string): string => key.slice(0, key.indexOf("."));

const isWhole = (settled: Settled | null | undefined): settled is Settled =>
  [settled?.acknowledged, settled?.dropped].every((set) => Array.isArray(set) && set.every(Array.isArray));

/** Whether what is settled of a source was lost: numbers of it may have been given out that are not known any more. */
export function isDamaged({ sources }: QueueState): boolean {
  return !Object.values(sources).every(isWhole);
}

/** What is settled of a source; nothing of one whose entry is damaged. */
export function settledOf(state: QueueState, key: string): Settled {
  const settled = state.sources[key];
  return isWhole(settled) ? settled : UNSETTLED;
}

/** Whether an event needs no more work. */
export function isSettled({ acknowledged, dropped }: Settled, seq: number): boolean {
  return hasSequence(acknowledged, seq) || hasSequence(dropped, seq);
}

/** The state with more sequence numbers of a source settled. */
export function settle(
  state: QueueState,
  key: string,
  kind: "acknowledged" | "dropped",
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

/** Whether the server took anything of an install. */
export function isKnown(state: QueueState, install: string): boolean {
  return Object.keys(state.sources).some((key) => {
    const { known, acknowledged } = settledOf(state, key);
    return installOf(key) === install && (known || acknowledged.length > 0);
  });
}

/**
 * The state at a start: the sources of `keys` and no others, those of this start's install with its proof. What is
 * forgotten stays in the totals.
 */
export function beginState(
  state: QueueState,
  keys: Iterable<string>,
  { install, proof }: { readonly install: string; readonly proof: string },
): QueueState {
  const sum = (kind: "acknowledged" | "dropped"): number =>
    Object.keys(state.sources).reduce((total, key) => total + countSequences(settledOf(state, key)[kind]), 0);
  const totals = state.totals ?? { acknowledged: sum("acknowledged"), before: sum("dropped") };
  const sources: Record<string, Settled> = {};
  for (const key of keys) {
    const own = installOf(key) === install && { proof, known: isKnown(state, install) };
    sources[key] = { ...settledOf(state, key), ...own };
  }
  return { ...state, totals, sources };
}
