import { tidelineError } from "@tideline/spec";

/** Keys at most: their table then takes 1 GiB. */
const MOST_KEYS = 2 ** 26;

/** A set of 64-bit keys in two 32-bit words. */
export interface WordSet {
  /** Whether the key was not there; now it is. */
  add(low: number, high: number): boolean;
  readonly size: number;
}

/**
 * An open-addressing set of 64-bit keys: 8 bytes a slot, two thirds full at most, so 12 to 24 bytes a key.
 *
 * @throws (from `add`) DATA_MALFORMED beyond 67,108,864 keys.
 */
export function wordSet(who: string, most = MOST_KEYS): WordSet {
  let capacity = 1024;
  let slots = new Uint32Array(2 * capacity);
  let size = 0;
  // The key of two zeros stands apart, as an empty slot is that.
  let zero = false;
  const place = (low: number, high: number): number => {
    let at = mix(low, high) & (capacity - 1);
    for (;;) {
      const [a, b] = [slots[2 * at]!, slots[2 * at + 1]!];
      if ((a === low && b === high) || (a === 0 && b === 0)) return at;
      at = (at + 1) & (capacity - 1);
    }
  };
  const grow = (): void => {
    const old = slots;
    capacity *= 2;
    slots = new Uint32Array(2 * capacity);
    for (let at = 0; at < old.length; at += 2) {
      if (old[at] === 0 && old[at + 1] === 0) continue;
      const to = place(old[at]!, old[at + 1]!);
      slots[2 * to] = old[at]!;
      slots[2 * to + 1] = old[at + 1]!;
    }
  };
  return {
    add(lowWord, highWord) {
      const [low, high] = [lowWord >>> 0, highWord >>> 0];
      if (low === 0 && high === 0) {
        if (zero) return false;
        zero = true;
        size++;
        return true;
      }
      const at = place(low, high);
      if (slots[2 * at] !== 0 || slots[2 * at + 1] !== 0) return false;
      if (size >= most)
        throw tidelineError("DATA_MALFORMED", {
          who,
          expected: `at most ${most} different values`,
          received: "more",
          remedy: "Check parts of the table, or leave the check of uniqueness to the database.",
        });
      slots[2 * at] = low;
      slots[2 * at + 1] = high;
      size++;
      if (3 * size > 2 * capacity) grow();
      return true;
    },
    get size() {
      return size;
    },
  };
}

/** Spreads 64 bits over 32, after the finaliser of A. Appleby's MurmurHash3. */
export function mix(low: number, high: number): number {
  let h = low ^ Math.imul(high, 0x9e37_79b1);
  h = Math.imul(h ^ (h >>> 16), 0x85eb_ca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2_ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** A 64-bit hash of a text's UTF-16 units: two independent multiplicative hashes (cyrb53's structure, all 64 bits). */
export function textWords(text: string, out: Uint32Array): void {
  let [a, b] = [0xdead_beef, 0x41c6_ce57];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  out[0] = mix(a ^ text.length, b);
  out[1] = mix(b, a + 0x51ed);
}
