/** Codes of keys of two 32-bit words, given in the order in which keys first come. */
export interface CodeTable {
  codeOf(low: number, high: number): number;
  /** Keys so far. */
  readonly size: number;
}

/**
 * A hash table over typed arrays: open addressing with linear probing, at most half full. The words of a key are mixed
 * by multiplications and shifts as MurmurHash3's finaliser does (Appleby, 2011).
 */
export function codeTable(expected = 1024): CodeTable {
  let capacity = 1 << (32 - Math.clz32(Math.max(16, expected) * 2 - 1));
  let slots = new Int32Array(capacity).fill(-1);
  let lows = new Int32Array(capacity >> 1);
  let highs = new Int32Array(capacity >> 1);
  let size = 0;
  const grow = (): void => {
    capacity *= 2;
    const [oldLows, oldHighs] = [lows, highs];
    [slots, lows, highs] = [
      new Int32Array(capacity).fill(-1),
      new Int32Array(capacity >> 1),
      new Int32Array(capacity >> 1),
    ];
    lows.set(oldLows);
    highs.set(oldHighs);
    for (let code = 0; code < size; code++) {
      let slot = mix(lows[code]!, highs[code]!) & (capacity - 1);
      while (slots[slot] !== -1) slot = (slot + 1) & (capacity - 1);
      slots[slot] = code;
    }
  };
  return {
    codeOf(low, high) {
      let slot = mix(low, high) & (capacity - 1);
      for (let code = slots[slot]!; code !== -1; code = slots[slot]!) {
        if (lows[code] === low && highs[code] === high) return code;
        slot = (slot + 1) & (capacity - 1);
      }
      if (size === capacity >> 1) {
        grow();
        slot = mix(low, high) & (capacity - 1);
        while (slots[slot] !== -1) slot = (slot + 1) & (capacity - 1);
      }
      slots[slot] = size;
      lows[size] = low;
      highs[size] = high;
      return size++;
    },
    get size() {
      return size;
    },
  };
}

function mix(low: number, high: number): number {
  let hash = Math.imul(low, 0x85eb_ca6b) ^ Math.imul(high ^ (high >>> 15), 0xc2b2_ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85eb_ca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2_ae35);
  return hash ^ (hash >>> 16);
}
