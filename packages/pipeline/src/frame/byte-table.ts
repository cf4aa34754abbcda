/** Codes of keys of any bytes. */
export interface ByteTable {
  /** The slot of a key: its own, or a free one, whose code is -1. */
  find(from: Uint8Array, start: number, length: number): number;
  /** Codes by slot. */
  readonly codes: Int32Array;
  /** Fills the free slot that `find` gave. */
  put(slot: number, from: Uint8Array, start: number, length: number, code: number): void;
  clear(): void;
}

/** A hash table over one array of the bytes of all keys: open addressing with linear probing, at most half full. */
export function byteTable(initial: number): ByteTable {
  let capacity = initial;
  let codes = new Int32Array(capacity).fill(-1);
  let hashes = new Int32Array(capacity);
  let starts = new Float64Array(capacity);
  let lengths = new Int32Array(capacity);
  let bytes = new Uint8Array(initial * 16);
  let [size, used] = [0, 0];
  const same = (slot: number, from: Uint8Array, start: number, length: number): boolean => {
    if (lengths[slot] !== length) return false;
    const own = starts[slot]!;
    for (let at = 0; at < length; at++) if (bytes[own + at] !== from[start + at]) return false;
    return true;
  };
  let last = 0;
  const grow = (): void => {
    const old = { codes, hashes, starts, lengths };
    capacity *= 2;
    codes = new Int32Array(capacity).fill(-1);
    [hashes, starts, lengths] = [
      new Int32Array(capacity),
      new Float64Array(capacity),
      new Int32Array(capacity),
    ];
    for (let from = 0; from < old.codes.length; from++) {
      if (old.codes[from] === -1) continue;
      let slot = old.hashes[from]! & (capacity - 1);
      while (codes[slot] !== -1) slot = (slot + 1) & (capacity - 1);
      codes[slot] = old.codes[from]!;
      hashes[slot] = old.hashes[from]!;
      starts[slot] = old.starts[from]!;
      lengths[slot] = old.lengths[from]!;
    }
  };
  return {
    find(from, start, length) {
      last = hashBytes(from, start, length);
      let slot = last & (capacity - 1);
      for (; codes[slot] !== -1; slot = (slot + 1) & (capacity - 1))
        if (hashes[slot] === last && same(slot, from, start, length)) break;
      return slot;
    },
    get codes() {
      return codes;
    },
    put(slot, from, start, length, code) {
      if (used + length > bytes.length) {
        const wider = new Uint8Array(Math.max(bytes.length * 2, used + length));
        wider.set(bytes.subarray(0, used));
        bytes = wider;
      }
      bytes.set(from.subarray(start, start + length), used);
      codes[slot] = code;
      hashes[slot] = last;
      starts[slot] = used;
      lengths[slot] = length;
      used += length;
      if (++size > capacity >> 1) grow();
    },
    clear() {
      [size, used] = [0, 0];
      codes.fill(-1);
    },
  };
}

/** Four bytes at a time as MurmurHash3 (Appleby, 2011) does. */
function hashBytes(from: Uint8Array, start: number, length: number): number {
  let hash = length;
  const end = start + length;
  let at = start;
  for (; at + 4 <= end; at += 4) {
    const word = from[at]! | (from[at + 1]! << 8) | (from[at + 2]! << 16) | (from[at + 3]! << 24);
    hash = Math.imul(hash ^ Math.imul(word, 0xcc9e_2d51), 0x1b87_3593);
    hash = (hash << 13) | (hash >>> 19);
  }
  for (; at < end; at++) hash = Math.imul(hash ^ from[at]!, 0x0100_0193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  return hash ^ (hash >>> 13);
}
