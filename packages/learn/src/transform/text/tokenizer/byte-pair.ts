import {
  flagField,
  listField,
  malformed,
  optionalText,
  reversed,
  unsupportedPart,
  vocabularyField,
  type JsonPart,
} from "./json-part.ts";
import { mergeTable, type MergeTable } from "./merge-table.ts";
import { mergeSymbols } from "./merge-symbols.ts";
import type { TokenModel } from "./tokenizer.ts";

const utf8 = new TextEncoder();

/**
 * Byte-pair encoding: the characters of a piece, of which neighbours are joined in the order in which joining them was
 * learnt (R. Sennrich et al., "Neural machine translation of rare words with subword units", 2016). In byte-level files
 * the characters stand for bytes; with `byte_fallback` an unknown character is the tokens of its bytes.
 */
export function bytePair(part: JsonPart): TokenModel {
  const vocabulary = vocabularyField(part, "vocab");
  const tokens = reversed(vocabulary);
  const dropout = part.fields["dropout"] ?? 0;
  if (dropout !== 0)
    throw unsupportedPart(`${part.where}.dropout`, "none: the same text is the same tokens", String(dropout));
  const prefix = optionalText(part, "continuing_subword_prefix") ?? "";
  const suffix = optionalText(part, "end_of_word_suffix") ?? "";
  const unknown = optionalText(part, "unk_token");
  const fused = flagField(part, "fuse_unk", false);
  const byBytes = flagField(part, "byte_fallback", false);
  const whole = flagField(part, "ignore_merges", false);
  const merges = readMerges(part, vocabulary, prefix);
  const bytes = Array.from({ length: 256 }, (_, byte) =>
    vocabulary.get(`<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`),
  );
  const unknownId = unknown === undefined ? undefined : vocabulary.get(unknown);

  return Object.freeze({
    size: tokens.length,
    tokenToId: (token: string) => vocabulary.get(token),
    idToToken: (id: number) => tokens[id],
    tokenize(piece: string, ids: number[]) {
      const own = whole ? vocabulary.get(piece) : undefined;
      if (own !== undefined) {
        ids.push(own);
        return;
      }
      const symbols: number[] = [];
      let pending = false;
      for (let at = 0; at < piece.length;) {
        const sign = String.fromCodePoint(piece.codePointAt(at)!);
        const from = at;
        at += sign.length;
        const text = (from > 0 ? prefix + sign : sign) + (at === piece.length ? suffix : "");
        const id = vocabulary.get(text);
        if (id !== undefined) {
          if (pending) symbols.push(unknownId!);
          pending = false;
          symbols.push(id);
          continue;
        }
        if (byBytes) {
          const found = Array.from(utf8.encode(text), (byte) => bytes[byte]);
          if (found.every((one) => one !== undefined)) {
            for (const one of found) symbols.push(one);
            continue;
          }
        }
        // Without an unknown token what is unknown vanishes.
        if (unknown === undefined) continue;
        if (unknownId === undefined)
          throw malformed(part.where, `the unknown token "${unknown}" in vocab`, piece);
        if (pending && !fused) symbols.push(unknownId);
        pending = true;
      }
      if (pending) symbols.push(unknownId!);
      mergeSymbols(symbols, merges, ids);
    },
  });
}

function readMerges(part: JsonPart, vocabulary: ReadonlyMap<string, number>, prefix: string): MergeTable {
  const rows = listField(part, "merges");
  const table = mergeTable(rows.length);
  const cut = prefix.length;
  for (const [rank, row] of rows.entries()) {
    const pair = typeof row === "string" ? row.split(" ") : (row as readonly unknown[]);
    const [left, right] = Array.isArray(pair) && pair.length === 2 ? (pair as readonly unknown[]) : [];
    if (typeof left !== "string" || typeof right !== "string")
      throw malformed(`${part.where}.merges[${rank}]`, "two tokens", row);
    const [first, second, both] = [left, right, left + right.slice(cut)].map((token) => {
      const id = vocabulary.get(token);
      if (id === undefined) throw malformed(`${part.where}.merges[${rank}]`, "tokens of vocab", token);
      return id;
    });
    table.set(first!, second!, rank, both!);
  }
  return table;
}
