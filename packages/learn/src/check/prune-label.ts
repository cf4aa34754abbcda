import type { Probabilities } from "./confident-joint.ts";

/** What pruning looks at. */
export interface PruneInput {
  readonly y: Int32Array;
  readonly probabilities: Probabilities;
  readonly classes: number;
  /** The calibrated joint: rows of a given class (first axis) that are estimated to belong to another. */
  readonly joint: Float64Array;
  /** Rows that each class keeps at least. */
  readonly minExamplesPerClass: number;
}

/** The rows of each class. */
function rowsOfClasses(y: Int32Array, classes: number): readonly Int32Array[] {
  const rows = Array.from({ length: classes }, () => [] as number[]);
  for (const [row, given] of y.entries()) rows[given]!.push(row);
  return rows.map((own) => Int32Array.from(own));
}

/**
 * How many rows of a given class belong to each class: those of the joint, but that at least so many stay, for which all
 * other counts give alike. [classes]
 */
function keptCounts({ joint, classes, minExamplesPerClass }: PruneInput, given: number): Float64Array {
  const counts = joint.slice(given * classes, (given + 1) * classes);
  const own = Math.max(counts[given]!, minExamplesPerClass);
  const others = Math.max(1, counts.reduce((some, count) => some + Number(count !== 0), 0) - 1);
  const each = (own - counts[given]!) / others;
  return counts.map((count, at) => (at === given ? own : Math.max(0, Math.trunc(count - each))));
}

/** Marks the first `count` rows by rising score; equal ones in their order. */
function mark(marked: Uint8Array, rows: Int32Array, count: number, score: (row: number) => number): void {
  const scores = Float64Array.from(rows, score);
  const order = Int32Array.from(rows, (_, at) => at).sort((a, b) => scores[a]! - scores[b]! || a - b);
  for (const at of order.subarray(0, Math.max(0, count))) marked[rows[at]!] = 1;
}

/** Of each given class as many rows as the joint says are wrong, those of the lowest probability for it: [rows], 1 where marked. */
export function pruneByClass(input: PruneInput): Uint8Array {
  const { y, probabilities, classes, minExamplesPerClass } = input;
  const marked = new Uint8Array(y.length);
  for (const [given, rows] of rowsOfClasses(y, classes).entries()) {
    if (rows.length <= minExamplesPerClass) continue;
    const kept = keptCounts(input, given)[given]!;
    mark(marked, rows, rows.length - kept, (row) => probabilities[row * classes + given]!);
  }
  return marked;
}

/**
 * Of each pair of a given and another class as many rows as the joint says were confused, those with the largest margin of
 * the other over the given: [rows], 1 where marked.
 */
export function pruneByNoiseRate(input: PruneInput): Uint8Array {
  const { y, probabilities, classes, minExamplesPerClass } = input;
  const marked = new Uint8Array(y.length);
  for (const [given, rows] of rowsOfClasses(y, classes).entries()) {
    if (rows.length <= minExamplesPerClass) continue;
    for (const [other, count] of keptCounts(input, given).entries())
      if (other !== given)
        mark(
          marked,
          rows,
          count,
          (row) => probabilities[row * classes + given]! - probabilities[row * classes + other]!,
        );
  }
  return marked;
}
