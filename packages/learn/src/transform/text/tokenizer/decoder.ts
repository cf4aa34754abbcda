import { BYTE_OF_SIGN } from "./byte-alphabet.ts";
import {
  choiceField,
  countField,
  flagField,
  madeBy,
  partsField,
  textField,
  type JsonPart,
} from "./json-part.ts";
import { patternField } from "./split.ts";

/** From tokens to parts of a text, which are then joined without anything between them. */
export type TokenDecoder = (tokens: readonly string[]) => readonly string[];

const utf8 = new TextEncoder();

/** Without a decoder tokens are words. */
export const SPACED: TokenDecoder = (tokens) => [tokens.join(" ")];

/** Spaces that writing has not got around English punctuation and contractions, in the order in which they go. */
const CLEANED: readonly (readonly [string, string])[] = [
  [" .", "."],
  [" ?", "?"],
  [" !", "!"],
  [" ,", ","],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [" do not", " don't"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
];

function cleaned(text: string): string {
  return CLEANED.reduce((given, [from, to]) => given.replaceAll(from, to), text);
}

function wordPiece(part: JsonPart): TokenDecoder {
  const prefix = textField(part, "prefix", "##");
  const cleanup = flagField(part, "cleanup", true);
  return (tokens) =>
    tokens.map((token, at) => {
      const joined =
        at > 0 && token.startsWith(prefix) ? token.slice(prefix.length) : at > 0 ? ` ${token}` : token;
      return cleanup ? cleaned(joined) : joined;
    });
}

/** Bytes as a text; what is no UTF-8 becomes U+FFFD. */
function lossy(bytes: readonly number[]): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(bytes));
}

const byteLevel: TokenDecoder = (tokens) => [
  lossy(
    tokens.flatMap((token) => {
      const bytes = Array.from(token, (sign) => BYTE_OF_SIGN.get(sign));
      return bytes.every((byte) => byte !== undefined) ? bytes : [...utf8.encode(token)];
    }),
  ),
];

const byteFallback: TokenDecoder = (tokens) => {
  const out: string[] = [];
  let bytes: number[] = [];
  const flush = () => {
    if (bytes.length === 0) return;
    try {
      out.push(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes)));
    } catch {
      for (const _ of bytes) out.push("\ufffd");
    }
    bytes = [];
  };
  for (const token of tokens) {
    const found = /^<0x([0-9a-fA-F]{2})>$/.exec(token);
    if (found !== null) bytes.push(Number.parseInt(found[1]!, 16));
    else {
      flush();
      out.push(token);
    }
  }
  flush();
  return out;
};

function metaspace(part: JsonPart): TokenDecoder {
  const sign = textField(part, "replacement", "\u2581");
  const scheme = choiceField(
    part,
    "prepend_scheme",
    ["first", "never", "always"],
    flagField(part, "add_prefix_space", true) ? "always" : "never",
  );
  return (tokens) =>
    tokens.map((token, at) =>
      at === 0 && scheme !== "never" && token.startsWith(sign)
        ? token.slice(sign.length).replaceAll(sign, " ")
        : token.replaceAll(sign, " "),
    );
}

function bytePair(part: JsonPart): TokenDecoder {
  const suffix = textField(part, "suffix", "</w>");
  return (tokens) => tokens.map((token, at) => token.replaceAll(suffix, at === tokens.length - 1 ? "" : " "));
}

function strip(part: JsonPart): TokenDecoder {
  const content = textField(part, "content");
  const start = countField(part, "start");
  const stop = countField(part, "stop");
  return (tokens) =>
    tokens.map((token) => {
      const signs = [...token];
      let from = 0;
      while (from < start && signs[from] === content) from++;
      let to = signs.length;
      while (signs.length - to < stop && to > from && signs[to - 1] === content) to--;
      return signs.slice(from, to).join("");
    });
}

const MAKERS: Readonly<Record<string, (part: JsonPart) => TokenDecoder>> = {
  ByteLevel: () => byteLevel,
  ByteFallback: () => byteFallback,
  Fuse: () => (tokens) => [tokens.join("")],
  WordPiece: wordPiece,
  Metaspace: metaspace,
  BPEDecoder: bytePair,
  Strip: strip,
  Replace(part) {
    const pattern = patternField(part, "pattern");
    const content = textField(part, "content");
    return (tokens) => tokens.map((token) => token.replace(pattern, () => content));
  },
  Sequence(part) {
    const list = partsField(part, "decoders").map(readDecoder);
    return (tokens) => list.reduce((given, decode) => decode(given), tokens);
  },
};

/** Decoders that are read. */
export const DECODERS: readonly string[] = Object.keys(MAKERS);

/** The decoder that a file states. */
export function readDecoder(part: JsonPart): TokenDecoder {
  return madeBy(MAKERS, part);
}
