import type { ColumnPlan } from "./column-part.ts";

/** Columns that a thread reads; plain, for other threads. */
export interface ColumnShare {
  /** Their places among all that are read. */
  readonly places: readonly number[];
  readonly plans: readonly ColumnPlan[];
  /** [1], where all threads have the same columns: the first one that nobody took. Absent where these are this thread's alone. */
  readonly next?: Int32Array;
}

/** The columns of a share that its thread is to take rows of, one after the other: those that are its own, or those that nobody took. */
export function* turnsOf({ places, next }: ColumnShare): Generator<number> {
  if (next === undefined) yield* places.keys();
  else for (let at = Atomics.add(next, 0, 1); at < places.length; at = Atomics.add(next, 0, 1)) yield at;
}

/**
 * Shares for threads, of about as many bytes each. Where the rows come at once a column has one thread, whichever is free
 * first: threads that start later, or have other work, take fewer. Where rows come piece by piece a column is always the same thread's.
 *
 * @param sizes bytes of each column.
 */
export function dealColumns(
  plans: readonly ColumnPlan[],
  sizes: readonly number[],
  threads: number,
  atOnce: boolean,
): readonly ColumnShare[] {
  const largest = sizes
    .keys()
    .toArray()
    .toSorted((one, other) => sizes[other]! - sizes[one]!);
  const shareOf = (places: readonly number[]): ColumnShare => ({
    places,
    plans: places.map((at) => plans[at]!),
  });
  if (atOnce && threads > 1) {
    const share = { ...shareOf(largest), next: new Int32Array(new SharedArrayBuffer(4)) };
    return Array.from({ length: threads }, () => share);
  }
  const hands = Array.from({ length: threads }, () => ({ size: 0, places: [] as number[] }));
  for (const at of largest) {
    const least = hands.reduce((best, hand) => (hand.size < best.size ? hand : best));
    least.size += sizes[at]!;
    least.places.push(at);
  }
  // The largest hand is another thread's: the first one has the consumer besides.
  return hands
    .toSorted((one, other) => one.size - other.size)
    .map(({ places }) => shareOf(places.toSorted((one, other) => one - other)));
}
