/**
 * The SHA-1 digest of some bytes, in hexadecimal: what `checksum` of external data holds. It finds damage and does not
 * keep out an attacker. Source: FIPS 180-4, section 6.1.
 */
export function sha1(bytes: Uint8Array): string {
  const state = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
  const words = new Int32Array(80);
  const whole = bytes.length - (bytes.length % 64);
  const tail = new Uint8Array(bytes.length % 64 < 56 ? 64 : 128);
  tail.set(bytes.subarray(whole));
  tail[bytes.length % 64] = 0x80;
  const end = new DataView(tail.buffer);
  end.setUint32(tail.length - 8, Math.floor(bytes.length / 2 ** 29));
  end.setUint32(tail.length - 4, (bytes.length * 8) >>> 0);
  const run = (view: DataView, length: number): void => {
    for (let block = 0; block < length; block += 64) digestBlock(state, words, view, block);
  };
  run(new DataView(bytes.buffer, bytes.byteOffset, whole), whole);
  run(end, tail.length);
  return Array.from(state, (part) => part.toString(16).padStart(8, "0")).join("");
}

function digestBlock(state: Uint32Array, words: Int32Array, view: DataView, block: number): void {
  for (let at = 0; at < 16; at += 1) words[at] = view.getInt32(block + 4 * at);
  for (let at = 16; at < 80; at += 1) {
    const word = words[at - 3]! ^ words[at - 8]! ^ words[at - 14]! ^ words[at - 16]!;
    words[at] = (word << 1) | (word >>> 31);
  }
  let [a, b, c, d, e] = state as unknown as [number, number, number, number, number];
  for (let at = 0; at < 80; at += 1) {
    const mixed =
      at < 20
        ? ((b & c) | (~b & d)) + 0x5a827999
        : at < 40
          ? (b ^ c ^ d) + 0x6ed9eba1
          : at < 60
            ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
            : (b ^ c ^ d) + 0xca62c1d6;
    const next = (((a << 5) | (a >>> 27)) + mixed + e + words[at]!) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = next;
  }
  for (const [at, part] of [a, b, c, d, e].entries()) state[at] = (state[at]! + part) >>> 0;
}
