import { demand } from "./malformed.ts";

/**
 * The strings of a text section: UTF-8, each followed by a zero byte. Engines of phones lack TextDecoder.
 *
 * @throws MODEL_MALFORMED when they are not `count`, or not UTF-8.
 */
export function readStrings(bytes: Uint8Array, count: number): readonly string[] {
  const strings: string[] = [];
  let text = "";
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at++];
    if (first === 0) {
      strings.push(text);
      text = "";
      continue;
    }
    const more = first < 0x80 ? 0 : first >> 5 === 6 ? 1 : first >> 4 === 14 ? 2 : first >> 3 === 30 ? 3 : 4;
    let code = more === 0 ? first : first & (0x3f >> more);
    demand(more < 4 && at + more <= bytes.length, "text is UTF-8");
    for (let k = 0; k < more; k++) {
      demand(bytes[at] >> 6 === 2, "text is UTF-8");
      code = (code << 6) | (bytes[at++] & 0x3f);
    }
    // Overlong forms, surrogates and what is beyond Unicode.
    const least = [0, 0x80, 0x800, 0x10000][more];
    demand(code >= least && code < 0x110000 && code >> 11 !== 27, "text is UTF-8");
    text +=
      code < 0x10000
        ? String.fromCharCode(code)
        : String.fromCharCode(0xd7c0 + (code >> 10), 0xdc00 | (code & 0x3ff));
  }
  demand(text === "" && strings.length === count, "names and labels are complete");
  return strings;
}
