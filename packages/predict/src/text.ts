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
  let escaped = "";
  for (let at = 0; at < bytes.length; at++) escaped += (bytes[at] < 16 ? "%0" : "%") + bytes[at].toString(16);
  let strings: string[] = [];
  try {
    strings = decodeURIComponent(escaped).split("\0");
  } catch {
    demand(false, "UTF-8");
  }
  demand(strings.pop() === "", "text");
  return strings;
}
