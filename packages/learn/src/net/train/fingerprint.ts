/** A running 128-bit fingerprint of numbers and bytes. */
export interface Fingerprint {
  add(bytes: ArrayBufferView): Fingerprint;
  /** 32 hexadecimal digits. */
  hex(): string;
}

/**
 * A fast fingerprint that tells whether two runs have the same data and whether a checkpoint arrived whole: four lanes
 * of the mixing step of MurmurHash3_x86_32, a word to each lane in turn, with the lengths mixed in. It finds accidents;
 * it is no protection against somebody who forges a file.
 *
 * @example fingerprint().add(values).hex()
 */
export function fingerprint(): Fingerprint {
  const lanes = Int32Array.of(0x3c6ef372, 0x1b873593, 0x2545f491, 0x5bd1e995);
  let length = 0;
  const own: Fingerprint = {
    add(view) {
      const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
      const whole = bytes.byteLength >>> 2;
      const words =
        bytes.byteOffset % 4 === 0 ? new Int32Array(bytes.buffer, bytes.byteOffset, whole) : wordsOf(bytes);
      for (let i = 0; i < whole; i++) lanes[i & 3] = mix(lanes[i & 3]!, words[i]!);
      for (let i = whole * 4; i < bytes.length; i++) lanes[i & 3] = mix(lanes[i & 3]!, bytes[i]! + 256);
      length += bytes.length;
      lanes[0] = mix(lanes[0]!, length | 0);
      return own;
    },
    hex() {
      // Every lane depends on all others before the digits are read.
      const state = Int32Array.from(lanes);
      for (let round = 0; round < 8; round++)
        state[round & 3] = mix(state[round & 3]!, state[(round + 3) & 3]!);
      return Array.from(state, (lane) => (lane >>> 0).toString(16).padStart(8, "0")).join("");
    },
  };
  return own;
}

function wordsOf(bytes: Uint8Array): Int32Array {
  return new Int32Array(bytes.slice(0, bytes.length & ~3).buffer);
}

function mix(lane: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  const h = lane ^ k;
  return (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
}
