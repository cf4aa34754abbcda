/** A closed range of sequence numbers, both ends included. */
export type SequenceRange = readonly [from: number, to: number];

/** Sorted, disjoint and never adjacent ranges: the compact form of a set of sequence numbers. */
export type SequenceSet = readonly SequenceRange[];

/** Index of the first range that ends at `sequence` or later. */
function lowerBound(set: SequenceSet, sequence: number): number {
  let low = 0;
  let high = set.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (set[middle]![1] < sequence) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether the set holds a sequence number. */
export function hasSequence(set: SequenceSet, sequence: number): boolean {
  const range = set[lowerBound(set, sequence)];
  return range !== undefined && range[0] <= sequence;
}

/**
 * The set with one range more; a new value, the old one stays.
 *
 * @example addRange([[1, 3]], [4, 6]) // [[1, 6]]
 */
export function addRange(set: SequenceSet, [from, to]: SequenceRange): SequenceSet {
  const start = lowerBound(set, from - 1);
  let end = start;
  let low = from;
  let high = to;
  while (end < set.length && set[end]![0] <= to + 1) {
    low = Math.min(low, set[end]![0]);
    high = Math.max(high, set[end]![1]);
    end += 1;
  }
  return [...set.slice(0, start), [low, high], ...set.slice(end)];
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
