import { addRange, hasSequence, sequenceSet, type SequenceSet } from "@tideline/spec";

/** Sequence numbers of one install and epoch. */
interface Sequences {
  durable: SequenceSet;
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

/** An index of nothing. */
export function identityIndex(): IdentityIndex {
  const installs = new Map<string, Map<number, Sequences>>();

  const of = (install: string, epoch: number): Sequences => {
    let epochs = installs.get(install);
    if (epochs === undefined) installs.set(install, (epochs = new Map()));
    let sequences = epochs.get(epoch);
    if (sequences === undefined) epochs.set(epoch, (sequences = { durable: [], pending: new Map() }));
    return sequences;
  };

  const addSet = (install: string, epoch: number, set: SequenceSet): void => {
    const entry = of(install, epoch);
    for (const range of set) entry.durable = addRange(entry.durable, range);
  };

  const add = (install: string, epoch: number, sequences: Iterable<number>): void =>
    addSet(install, epoch, sequenceSet(sequences));

  return {
    divide(install, epoch, sequences) {
      const known = installs.get(install)?.get(epoch);
      const seen = new Set<number>();
      const waits = new Set<Promise<unknown>>();
      const fresh: number[] = [];
      sequences.forEach((sequence, index) => {
        const pending = known?.pending.get(sequence);
        if (pending !== undefined) waits.add(pending);
        else if (!seen.has(sequence) && (known === undefined || !hasSequence(known.durable, sequence)))
          fresh.push(index);
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
        for (const [epoch, { durable }] of epochs)
          if (durable.length > 0) yield [install, epoch, durable] as const;
      }
    },
  };
}
