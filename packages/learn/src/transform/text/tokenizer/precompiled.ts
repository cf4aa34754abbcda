import { malformed, textField, type JsonPart } from "./json-part.ts";

const utf8 = new TextEncoder();
const read = new TextDecoder();

/**
 * The replacements of a SentencePiece model: a double-array trie of 32-bit units (J. Aoe, "An efficient digital search
 * algorithm by using a double-array structure", 1989, as Darts-clone packs it) that leads to texts ended by a zero.
 * A user-perceived character of fewer than six bytes is replaced as a whole by what its shortest known beginning stands
 * for; others code point by code point.
 */
export function precompiled(part: JsonPart): (text: string) => string {
  const wrong = (received: string) =>
    malformed(`${part.where}.precompiled_charsmap`, "a trie and its texts", received);
  const bytes = base64(textField(part, "precompiled_charsmap"));
  if (bytes === undefined) throw wrong("what is not base64");
  const view = new DataView(bytes.buffer);
  if (bytes.length < 4) throw wrong(`${bytes.length} bytes`);
  const size = view.getUint32(0, true);
  if (size % 4 !== 0 || size < 4 || 4 + size > bytes.length) throw wrong(`a trie of ${size} bytes`);
  const units = Uint32Array.from({ length: size / 4 }, (_, at) => view.getUint32(4 + 4 * at, true));
  const texts = bytes.subarray(4 + size);
  const offset = (unit: number) => (unit >>> 10) << ((unit & 512) >>> 6);
  const found = new Map<string, string | undefined>();

  const search = (key: Uint8Array): string | undefined => {
    let place = offset(units[0]!);
    for (const byte of key) {
      if (byte === 0) return undefined;
      place ^= byte;
      const unit = units[place];
      if (unit === undefined || (unit & 0x800000ff) >>> 0 !== byte) return undefined;
      place ^= offset(unit);
      if (((unit >>> 8) & 1) === 1) {
        const from = (units[place] ?? 0) & 0x7fffffff;
        const end = texts.indexOf(0, from);
        return read.decode(texts.subarray(from, end < 0 ? texts.length : end));
      }
    }
    return undefined;
  };
  const replacement = (chunk: string): string | undefined => {
    if (found.has(chunk)) return found.get(chunk);
    const text = search(utf8.encode(chunk));
    if (found.size < 100_000) found.set(chunk, text);
    return text;
  };
  const segments = new Intl.Segmenter("en", { granularity: "grapheme" });
  return (text) => {
    let out = "";
    for (const { segment } of segments.segment(text)) {
      const whole = utf8.encode(segment).length < 6 ? replacement(segment) : undefined;
      if (whole !== undefined) out += whole;
      else for (const sign of segment) out += replacement(sign) ?? sign;
    }
    return out;
  };
}

function base64(text: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    return Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  } catch {
    return undefined;
  }
}
