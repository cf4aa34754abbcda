/** Codes of keys of four words. */
export interface WordTable {
  /** The slot of a key: its own, or a free one, whose code is -1. */
  find(from: Int32Array, at: number): number;
  /** Codes by slot. */
  readonly codes: Int32Array;
  /**
   * Writes the codes of `count` keys from the front of `from` into `into` from `at` on: -1 for one that has none yet. A key
   * whose first word is above `most` counts as one. Gives how many there were.
   */
  findAll(from: Int32Array, count: number, most: number, into: Int32Array, at: number): number;
  /** Fills the free slot that `find` gave. */
  put(slot: number, from: Int32Array, at: number, code: number): void;
  clear(): void;
}

/** A hash table over typed arrays: open addressing with linear probing, at most half full. */
export function wordTable(initial: number): WordTable {
  let capacity = initial;
  let keys = new Int32Array(capacity * 4);
  let codes = new Int32Array(capacity).fill(-1);
  let size = 0;
  const find = (from: Int32Array, at: number): number => {
    const [one, two, three, four] = [from[at]!, from[at + 1]!, from[at + 2]!, from[at + 3]!];
    let slot = mix(one, two, three, four) & (capacity - 1);
    for (; codes[slot] !== -1; slot = (slot + 1) & (capacity - 1)) {
      const key = slot * 4;
      if (keys[key] === one && keys[key + 1] === two && keys[key + 2] === three && keys[key + 3] === four)
        break;
    }
    return slot;
  };
  const grow = (): void => {
    const [oldKeys, oldCodes] = [keys, codes];
    capacity *= 2;
    [keys, codes] = [new Int32Array(capacity * 4), new Int32Array(capacity).fill(-1)];
    for (let old = 0; old < oldCodes.length; old++) {
      if (oldCodes[old] === -1) continue;
      const slot = find(oldKeys, old * 4);
      keys.set(oldKeys.subarray(old * 4, old * 4 + 4), slot * 4);
      codes[slot] = oldCodes[old]!;
    }
  };
  return {
    find,
    get codes() {
      return codes;
    },
    findAll(from, count, most, into, at) {
      const [ownKeys, ownCodes, mask] = [keys, codes, capacity - 1];
      let lacking = 0;
      for (let row = 0, word = 0; row < count; row++, word += 4) {
        const one = from[word]!;
        if (one > most) {
          into[at + row] = -1;
          lacking++;
          continue;
        }
        const [two, three, four] = [from[word + 1]!, from[word + 2]!, from[word + 3]!];
        let slot = mix(one, two, three, four) & mask;
        let code = ownCodes[slot]!;
        for (; code !== -1; slot = (slot + 1) & mask, code = ownCodes[slot]!) {
          const key = slot * 4;
          if (
            ownKeys[key] === one &&
            ownKeys[key + 1] === two &&
            ownKeys[key + 2] === three &&
            ownKeys[key + 3] === four
          )
            break;
        }
        into[at + row] = code;
        if (code === -1) lacking++;
      }
      return lacking;
    },
    put(slot, from, at, code) {
      for (let word = 0; word < 4; word++) keys[slot * 4 + word] = from[at + word]!;
      codes[slot] = code;
      if (++size > capacity >> 1) grow();
    },
    clear() {
      size = 0;
      codes.fill(-1);
    },
  };
}

function mix(one: number, two: number, three: number, four: number): number {
  let mixed = Math.imul(one ^ Math.imul(two, 0x9e37_79b1), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15) ^ three, 0xc2b2_ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 13) ^ four, 0x27d4_eb2f);
  return mixed ^ (mixed >>> 16);
}
