import { countField, malformed, reversed, textField, vocabularyField, type JsonPart } from "./json-part.ts";
import type { TokenModel } from "./tokenizer.ts";

/**
 * WordPiece: the longest token that begins the word, then the longest that goes on, marked by a prefix, and so forth; a word
 * that does not come out even is unknown as a whole (Y. Wu et al., "Google's neural machine translation system", 2016).
 */
export function wordPiece(part: JsonPart): TokenModel {
  const vocabulary = vocabularyField(part, "vocab");
  const prefix = textField(part, "continuing_subword_prefix", "##");
  const unknown = textField(part, "unk_token", "[UNK]");
  const longest = countField(part, "max_input_chars_per_word", 100);
  const unknownId = vocabulary.get(unknown);
  const tokens = reversed(vocabulary);
  const begins = new Map<string, number>();
  const continues = new Map<string, number>();
  let reach = 0;
  for (const [token, id] of vocabulary) {
    begins.set(token, id);
    if (token.startsWith(prefix)) continues.set(token.slice(prefix.length), id);
    reach = Math.max(reach, token.length);
  }
  return Object.freeze({
    size: tokens.length,
    tokenToId: (token: string) => vocabulary.get(token),
    idToToken: (id: number) => tokens[id],
    tokenize(piece: string, ids: number[]) {
      const start = ids.length;
      let known = codePoints(piece) <= longest;
      for (let from = 0; known && from < piece.length;) {
        const table = from === 0 ? begins : continues;
        let to = Math.min(piece.length, from + reach);
        let id: number | undefined;
        for (; to > from; to--) {
          id = table.get(piece.slice(from, to));
          if (id !== undefined) break;
        }
        if (id === undefined) known = false;
        else ids.push(id);
        from = to;
      }
      if (known) return;
      ids.length = start;
      if (unknownId === undefined)
        throw malformed(part.where, `the unknown token "${unknown}" in vocab`, piece);
      ids.push(unknownId);
    },
  });
}

/** The code points of a text. */
export function codePoints(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++) if ((text.charCodeAt(at) & 0xfc00) !== 0xdc00) count++;
  return count;
}
