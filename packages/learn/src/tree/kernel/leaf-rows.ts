/** Rows of a tree ordered by leaf; within a leaf they ascend. */
export interface LeafRows {
  /** All rows become those of leaf 0. */
  fill(rows: Int32Array): void;
  /** A view of a leaf's rows. */
  of(leaf: number): Int32Array;
  /** Rows whose bin does not go left become those of `into`. Returns how many stay. */
  split(leaf: number, into: number, bins: Uint8Array, left: Uint8Array): number;
  /** Leaves that there are. */
  readonly leaves: number;
}

/** Room for a table's rows and so many leaves. */
export function leafRows(rows: number, leaves: number): LeafRows {
  const order = new Int32Array(rows);
  const moved = new Int32Array(rows);
  const begin = new Int32Array(leaves);
  const end = new Int32Array(leaves);
  let used = 0;
  return {
    get leaves() {
      return used;
    },
    fill(rows) {
      order.set(rows);
      begin[0] = 0;
      end[0] = rows.length;
      used = 1;
    },
    of: (leaf) => order.subarray(begin[leaf]!, end[leaf]!),
    split(leaf, into, bins, left) {
      let stay = begin[leaf]!;
      let move = 0;
      for (let i = begin[leaf]!; i < end[leaf]!; i++) {
        const row = order[i]!;
        if (left[bins[row]!] === 1) order[stay++] = row;
        else moved[move++] = row;
      }
      order.set(moved.subarray(0, move), stay);
      begin[into] = stay;
      end[into] = end[leaf]!;
      end[leaf] = stay;
      used = Math.max(used, into + 1);
      return stay - begin[leaf]!;
    },
  };
}
