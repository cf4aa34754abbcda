/** A byte for each row in pieces, as bits: bit `row & 7` of byte `row >> 3`, 1 for a row that stays. */
export interface KeepMask {
  add(keep: Uint8Array): void;
  /** Rows that were added. */
  rows(): number;
  /** ceil(rows / 8) bytes. */
  bytes(): Uint8Array;
}

/** Starts a mask; its memory is a bit a row. */
export function keepMask(): KeepMask {
  let bits = new Uint8Array(1024);
  let rows = 0;
  return {
    add(keep) {
      const needed = Math.ceil((rows + keep.length) / 8);
      if (needed > bits.length) {
        const wider = new Uint8Array(Math.max(needed, bits.length * 2));
        wider.set(bits);
        bits = wider;
      }
      for (let at = 0; at < keep.length; at++, rows++)
        if (keep[at] !== 0) bits[rows >> 3]! |= 1 << (rows & 7);
    },
    rows: () => rows,
    bytes: () => bits.slice(0, Math.ceil(rows / 8)),
  };
}

/** The bytes of `rows` rows of a mask from a row on. */
export function maskRows(bits: Uint8Array, from: number, rows: number): Uint8Array {
  const keep = new Uint8Array(rows);
  for (let at = 0; at < rows; at++) keep[at] = (bits[(from + at) >> 3]! >> ((from + at) & 7)) & 1;
  return keep;
}
