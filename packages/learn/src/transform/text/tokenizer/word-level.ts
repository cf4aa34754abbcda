import { malformed, reversed, textField, vocabularyField, type JsonPart } from "./json-part.ts";
import type { TokenModel } from "./tokenizer.ts";

/** A token for each word that is known, and one for all others. */
export function wordLevel(part: JsonPart): TokenModel {
  const vocabulary = vocabularyField(part, "vocab");
  const unknown = textField(part, "unk_token", "<unk>");
  const unknownId = vocabulary.get(unknown);
  const tokens = reversed(vocabulary);
  return Object.freeze({
    size: tokens.length,
    tokenToId: (token: string) => vocabulary.get(token),
    idToToken: (id: number) => tokens[id],
    tokenize(piece: string, ids: number[]) {
      const id = vocabulary.get(piece) ?? unknownId;
      if (id === undefined) throw malformed(part.where, `the unknown token "${unknown}" in vocab`, piece);
      ids.push(id);
    },
  });
}
