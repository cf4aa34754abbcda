import { tidelineError, type TextCodec } from "@tideline/spec";

/** Code units that `String.fromCharCode` takes at once; far below any engine's limit of arguments. */
const CHUNK = 4096;

/** What stands for half of a surrogate pair, which UTF-8 cannot say. */
const REPLACEMENT = 0xfffd;

/** The code point at `index`, with the replacement character for a lone surrogate. */
function codePointAt(text: string, index: number): number {
  const point = text.codePointAt(index)!;
  return point >= 0xd800 && point <= 0xdfff ? REPLACEMENT : point;
}

function encode(text: string): Uint8Array {
  // No code unit takes more than three bytes: a pair of them takes four.
  const bytes = new Uint8Array(text.length * 3);
  let at = 0;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit < 0x80) {
      bytes[at++] = unit;
      continue;
    }
    const point = codePointAt(text, index);
    if (point < 0x800) {
      bytes[at++] = 0xc0 | (point >> 6);
    } else {
      if (point < 0x10000) {
        bytes[at++] = 0xe0 | (point >> 12);
      } else {
        index += 1;
        bytes[at++] = 0xf0 | (point >> 18);
        bytes[at++] = 0x80 | ((point >> 12) & 63);
      }
      bytes[at++] = 0x80 | ((point >> 6) & 63);
    }
    bytes[at++] = 0x80 | (point & 63);
  }
  return bytes.slice(0, at);
}

function malformed(at: number): never {
  throw tidelineError("DATA_MALFORMED", { who: "UTF-8", field: `byte ${at}`, expected: "well-formed UTF-8" });
}

/** Length of the sequence that a byte begins, and the bounds of its second byte (Unicode, table 3-7); 0 for none. */
function leadOf(byte: number): { readonly length: number; readonly from: number; readonly to: number } {
  if (byte >= 0xc2 && byte <= 0xdf) return { length: 2, from: 0x80, to: 0xbf };
  if (byte === 0xe0) return { length: 3, from: 0xa0, to: 0xbf };
  if (byte === 0xed) return { length: 3, from: 0x80, to: 0x9f };
  if (byte >= 0xe1 && byte <= 0xef) return { length: 3, from: 0x80, to: 0xbf };
  if (byte === 0xf0) return { length: 4, from: 0x90, to: 0xbf };
  if (byte === 0xf4) return { length: 4, from: 0x80, to: 0x8f };
  if (byte >= 0xf1 && byte <= 0xf3) return { length: 4, from: 0x80, to: 0xbf };
  return { length: 0, from: 0, to: 0 };
}

function decode(bytes: Uint8Array): string {
  let text = "";
  let units: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const byte = bytes[at]!;
    if (byte < 0x80) {
      units.push(byte);
      at += 1;
    } else {
      const { length, from, to } = leadOf(byte);
      if (length === 0 || at + length > bytes.length) malformed(at);
      const second = bytes[at + 1]!;
      if (second < from || second > to) malformed(at);
      let point = ((byte & (0x7f >> length)) << 6) | (second & 63);
      for (let next = 2; next < length; next += 1) {
        const more = bytes[at + next]!;
        if ((more & 0xc0) !== 0x80) malformed(at);
        point = (point << 6) | (more & 63);
      }
      if (point >= 0x10000) units.push(0xd7c0 + (point >> 10), 0xdc00 | (point & 0x3ff));
      else units.push(point);
      at += length;
    }
    if (units.length >= CHUNK) {
      text += String.fromCharCode(...units);
      units = [];
    }
  }
  return text + String.fromCharCode(...units);
}

/**
 * UTF-8 in plain ECMAScript, the same on every version of Hermes: some have no `TextDecoder`, and what apps load in
 * its place often ignores `fatal`. Lone surrogates are written as U+FFFD; malformed bytes throw `DATA_MALFORMED`; a
 * byte order mark is kept.
 *
 * @example utf8.decode(utf8.encode("Zoë 🚲")); // "Zoë 🚲"
 */
export const utf8: TextCodec = Object.freeze({ encode, decode });
