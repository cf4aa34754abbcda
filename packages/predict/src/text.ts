import { demand } from "./malformed.ts";

/**
 * The strings of a text section: UTF-8, each followed by a zero byte. Engines of phones lack TextDecoder, and
 * decodeURIComponent refuses what is not UTF-8 just as strictly.
 *
 * @throws MODEL_MALFORMED when they are not `count`, or not UTF-8.
 */
export function readStrings(bytes: Uint8Array, count: number): readonly string[] {
  // Counted before anything is made of them: a file of zero bytes would become millions of strings.
  demand(bytes.reduce((zeros, byte) => zeros + (byte ? 0 : 1), 0) === count, "text");
  let text = "";
  try {
    // In parts, which end before the first byte of a character: one long string, made bit by bit, takes 30 times its length.
    for (let at = 0; at < bytes.length;) {
      let escaped = "";
      do escaped += (bytes[at] < 16 ? "%0" : "%") + bytes[at].toString(16);
      while (
        ++at < bytes.length &&
        escaped.length < 1020 &&
        (escaped.length < 999 || (bytes[at] & 192) === 128)
      );
      text += decodeURIComponent(escaped);
    }
  } catch {
    demand(false, "UTF-8");
  }
  const strings = text.split("\0");
  demand(strings.pop() === "", "text");
  return strings;
}
