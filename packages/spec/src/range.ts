/** A closed range of sequence numbers, both ends included. */
export type SequenceRange = readonly [from: number, to: number];

/** Sorted, disjoint and never adjacent ranges: the compact form of a set of sequence numbers. */
export type SequenceSet = readonly SequenceRange[];

/** Whether the set holds a sequence number. */
export function hasSequence(set: SequenceSet, sequence: number): boolean {
  let low = 0;
  let high = set.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (set[middle]![1] < sequence) low = middle + 1;
    else high = middle;
  }
  return low < set.length && set[low]![0] <= sequence;
}

/** The union of a set with ranges in any order; a new value, the old one stays. */
export function addRanges(set: SequenceSet, ranges: readonly SequenceRange[]): SequenceSet {
  const merged: [number, number][] = [];
  for (const [from, to] of [...set, ...ranges].sort((left, right) => left[0] - right[0])) {
    // Hermes 0.12 has no `Array.prototype.at`.
    const last = merged[merged.length - 1];
    if (last !== undefined && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else merged.push([from, to]);
  }
  return merged;
}

/**
 * The set with one range more.
 *
 * @example addRange([[1, 3]], [4, 6]) // [[1, 6]]
 */
export function addRange(set: SequenceSet, range: SequenceRange): SequenceSet {
  return addRanges(set, [range]);
}

/** The set of any list of sequence numbers. */
export function sequenceSet(sequences: Iterable<number>): SequenceSet {
  return addRanges(
    [],
    Array.from(sequences, (sequence): SequenceRange => [sequence, sequence]),
  );
}

/** How many sequence numbers a set holds. */
export function countSequences(set: SequenceSet): number {
  return set.reduce((count, [from, to]) => count + to - from + 1, 0);
}
