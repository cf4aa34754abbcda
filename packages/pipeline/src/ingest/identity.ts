import { addRanges, hasSequence, sequenceSet, type SequenceSet } from "@tideline/spec";

/** Sequence numbers of one install and epoch. */
interface Sequences {
  durable: SequenceSet;
  /** Durable ones, too, which are added to the set when they are many: a union takes as long as the set is large. */
  readonly recent: Set<number>;
  /** Numbers on their way to the disk, each with the commit that it waits for. */
  readonly pending: Map<number, Promise<unknown>>;
}

/** How the numbers of a batch divide. */
export interface Division {
  /** Indices, in the batch, of the first copy of each number that the server does not have. */
  readonly fresh: readonly number[];
  /** How many others there are. */
  readonly duplicates: number;
  /** Commits of other batches that hold numbers of this one. */
  readonly waits: readonly Promise<unknown>[];
}

/** All sequence numbers that a log holds, by install and its epoch: the memory that makes a retry harmless. */
export interface IdentityIndex {
  /** Divides a batch into what is new and what the server has or is about to have. */
  divide(install: string, epoch: number, sequences: readonly number[]): Division;
  /** Says that numbers are on their way; they count as seen only when `commit` resolves. */
  begin(install: string, epoch: number, sequences: readonly number[], commit: Promise<unknown>): void;
  /** Marks numbers as seen. */
  add(install: string, epoch: number, sequences: Iterable<number>): void;
  /** Marks a set of numbers as seen. */
  addSet(install: string, epoch: number, set: SequenceSet): void;
  /** Forgets installs whole: of people who have left, who are refused before anybody asks here. */
  forget(isForgotten: (install: string) => boolean): void;
  /** Every install, epoch and set of numbers that is durable. */
  entries(): IterableIterator<readonly [install: string, epoch: number, set: SequenceSet]>;
}

/** Numbers that wait at least before a set is made anew: a phone that counts up has a set of one range. */
const RECENT = 64;

function isKnown(known: Sequences | undefined, sequence: number): boolean {
  return known !== undefined && (known.recent.has(sequence) || hasSequence(known.durable, sequence));
}

/** An index of nothing. */
export function identityIndex(): IdentityIndex {
  const installs = new Map<string, Map<number, Sequences>>();

  const of = (install: string, epoch: number): Sequences => {
    let epochs = installs.get(install);
    if (epochs === undefined) installs.set(install, (epochs = new Map()));
    let sequences = epochs.get(epoch);
    if (sequences === undefined) {
      epochs.set(epoch, (sequences = { durable: [], recent: new Set(), pending: new Map() }));
    }
    return sequences;
  };

  const settle = (entry: Sequences): void => {
    if (entry.recent.size === 0) return;
    entry.durable = addRanges(entry.durable, sequenceSet(entry.recent));
    entry.recent.clear();
  };

  const addSet = (install: string, epoch: number, set: SequenceSet): void => {
    const entry = of(install, epoch);
    entry.durable = addRanges(entry.durable, set);
  };

  const add = (install: string, epoch: number, sequences: Iterable<number>): void => {
    const entry = of(install, epoch);
    for (const sequence of sequences) entry.recent.add(sequence);
    if (entry.recent.size > Math.max(RECENT, entry.durable.length)) settle(entry);
  };

  return {
    divide(install, epoch, sequences) {
      const known = installs.get(install)?.get(epoch);
      const seen = new Set<number>();
      const waits = new Set<Promise<unknown>>();
      const fresh: number[] = [];
      sequences.forEach((sequence, index) => {
        const pending = known?.pending.get(sequence);
        if (pending !== undefined) waits.add(pending);
        else if (!seen.has(sequence) && !isKnown(known, sequence)) fresh.push(index);
        seen.add(sequence);
      });
      return { fresh, duplicates: sequences.length - fresh.length, waits: [...waits] };
    },
    begin(install, epoch, sequences, commit) {
      const entry = of(install, epoch);
      for (const sequence of sequences) entry.pending.set(sequence, commit);
      const forget = (): void => {
        for (const sequence of sequences) entry.pending.delete(sequence);
      };
      commit.then(() => {
        add(install, epoch, sequences);
        forget();
      }, forget);
    },
    add,
    addSet,
    forget: (isForgotten) => {
      for (const install of installs.keys()) if (isForgotten(install)) installs.delete(install);
    },
    *entries() {
      for (const [install, epochs] of installs) {
        for (const [epoch, entry] of epochs) {
          settle(entry);
          if (entry.durable.length > 0) yield [install, epoch, entry.durable] as const;
        }
      }
    },
  };
}
