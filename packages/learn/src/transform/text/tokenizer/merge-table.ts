/** Pairs of tokens that are joined: how early that was learnt, and into what. */
export interface MergeTable {
  set(left: number, right: number, rank: number, made: number): void;
  /** The place of a pair, or -1. */
  find(left: number, right: number): number;
  rankAt(place: number): number;
  madeAt(place: number): number;
}

/** A table for so many pairs: open addressing in one array of integers, no object for a pair. */
export function mergeTable(pairs: number): MergeTable {
  let slots = 16;
  while (slots < 2 * pairs) slots *= 2;
  const mask = slots - 1;
  // Left, right, rank, made.
  const cells = new Int32Array(4 * slots).fill(-1);
  const find = (left: number, right: number): number => {
    let slot = hash(left, right) & mask;
    for (;;) {
      const held = cells[4 * slot]!;
      if (held === left && cells[4 * slot + 1] === right) return slot;
      if (held < 0) return -1;
      slot = (slot + 1) & mask;
    }
  };
  return Object.freeze({
    find,
    set(left: number, right: number, rank: number, made: number) {
      let slot = find(left, right);
      if (slot < 0) {
        slot = hash(left, right) & mask;
        while (cells[4 * slot]! >= 0) slot = (slot + 1) & mask;
      }
      cells.set([left, right, rank, made], 4 * slot);
    },
    rankAt: (place: number) => cells[4 * place + 2]!,
    madeAt: (place: number) => cells[4 * place + 3]!,
  });
}

function hash(left: number, right: number): number {
  const mixed = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}
