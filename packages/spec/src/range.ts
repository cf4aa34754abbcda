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

/**
 * The set with one range more; a new value, the old one stays.
 *
 * @example addRange([[1, 3]], [4, 6]) // [[1, 6]]
 */
export function addRange(set: SequenceSet, [from, to]: SequenceRange): SequenceSet {
  const before = set.filter((range) => range[1] < from - 1);
  const after = set.filter((range) => range[0] > to + 1);
  const met = set.slice(before.length, set.length - after.length);
  const low = Math.min(from, met[0]?.[0] ?? from);
  const high = Math.max(to, met[met.length - 1]?.[1] ?? to);
  return [...before, [low, high], ...after];
}

/** The set of any list of sequence numbers. */
export function sequenceSet(sequences: Iterable<number>): SequenceSet {
  const sorted = [...sequences].sort((left, right) => left - right);
  const ranges: [number, number][] = [];
  for (const sequence of sorted) {
    // Hermes 0.12 has no `Array.prototype.at`.
    const last = ranges[ranges.length - 1];
    if (last !== undefined && sequence <= last[1] + 1) last[1] = Math.max(last[1], sequence);
    else ranges.push([sequence, sequence]);
  }
  return ranges;
}

/** How many sequence numbers a set holds. */
export function countSequences(set: SequenceSet): number {
  return set.reduce((count, [from, to]) => count + to - from + 1, 0);
}
