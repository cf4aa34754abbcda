/** So few rows are sorted by putting each into its place. */
const HANDFUL = 16;

/** What sorts the picked rows of a small node. */
export interface RowSorter {
  /** Bin * 2^16 + place among the node's rows, ascending by bin. */
  readonly keys: Int32Array;
  /** By bin the last row, -1 for none, and before each row the one before in its bin. */
  readonly last: Int32Array;
  readonly before: Int32Array;
}

/** Room for so many rows, at most 2^16. */
export function rowSorter(most: number): RowSorter {
  return {
    keys: new Int32Array(most),
    last: new Int32Array(256).fill(-1),
    before: new Int32Array(most),
  };
}

/**
 * Sorts picked rows by bin.
 *
 * @param seen 8 words, 0 before and after.
 */
export function sortRows(
  { keys, last, before }: RowSorter,
  picked: Uint8Array,
  rows: number,
  seen: Int32Array,
): void {
  if (rows <= HANDFUL) insertRows(keys, picked, rows);
  else {
    chain(last, before, seen, picked, rows);
    unchain(keys, last, before, seen);
  }
}

function insertRows(keys: Int32Array, picked: Uint8Array, rows: number): void {
  for (let i = 0; i < rows; i++) {
    const key = (picked[i]! << 16) | i;
    let at = i;
    while (at > 0 && keys[at - 1]! > key) {
      keys[at] = keys[at - 1]!;
      at--;
    }
    keys[at] = key;
  }
}

function chain(
  last: Int32Array,
  before: Int32Array,
  seen: Int32Array,
  picked: Uint8Array,
  rows: number,
): void {
  for (let i = 0; i < rows; i++) {
    const bin = picked[i]!;
    before[i] = last[bin]!;
    last[bin] = i;
    seen[bin >>> 5]! |= 1 << (bin & 31);
  }
}

function unchain(keys: Int32Array, last: Int32Array, before: Int32Array, seen: Int32Array): void {
  let count = 0;
  for (let word = 0; word < 8; word++) {
    let bits = seen[word]!;
    seen[word] = 0;
    while (bits !== 0) {
      const bin = (word << 5) + 31 - Math.clz32(bits & -bits);
      bits &= bits - 1;
      for (let i = last[bin]!; i >= 0; i = before[i]!) keys[count++] = (bin << 16) | i;
      last[bin] = -1;
    }
  }
}
