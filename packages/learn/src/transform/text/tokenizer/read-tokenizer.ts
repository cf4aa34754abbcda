import { tidelineError } from "@tideline/spec/error";
import { readAddedTokens, tokenFinder } from "./added-token.ts";
import { bytePair } from "./byte-pair.ts";
import { readDecoder, SPACED } from "./decoder.ts";
import { jsonPart, madeBy, malformed, optionalPart, textField, type JsonPart } from "./json-part.ts";
import { readNormalizer } from "./normalizer.ts";
import { PLAIN, readPostProcessor } from "./post-processor.ts";
import { readPreTokenizer } from "./pre-tokenizer.ts";
import { encodingOf, joinLists, tokenList, type TokenList } from "./token-list.ts";
import { NO_PADDING, readPadding, readTruncation } from "./truncation.ts";
import type { EncodeOptions, TextPiece, Tokenizer, TokenModel } from "./tokenizer.ts";
import { unigram } from "./unigram.ts";
import { wordLevel } from "./word-level.ts";
import { wordPiece } from "./word-piece.ts";

const MODELS: Readonly<Record<string, (part: JsonPart) => TokenModel>> = {
  WordPiece: wordPiece,
  BPE: bytePair,
  Unigram: unigram,
  WordLevel: wordLevel,
};

/** Models that are read. */
export const TOKEN_MODELS: readonly string[] = Object.keys(MODELS);

/** Pieces whose ids are remembered, and the longest of them in code units: words come again. */
const REMEMBERED = 65_536;
const LONGEST_REMEMBERED = 256;

/**
 * Reads a `tokenizer.json` of Hugging Face's `tokenizers` (version 1.0 of the file); the ids are those that it gives. They may
 * differ for characters that came into Unicode after one side's tables were made: regular expressions and normal forms are
 * the engine's.
 *
 * @param json the text of the file.
 * @throws MODEL_UNSUPPORTED naming a component, or a part of a pattern, that is not built; DATA_MALFORMED for a file
 *   that contradicts itself.
 * @example
 * const tokenizer = readTokenizer(await readFile("tokenizer.json", "utf8"));
 * tokenizer.encode("Call me").ids; // Int32Array [101, 2655, 2033, 102]
 */
export function readTokenizer(json: string): Tokenizer {
  const file = parse(json);
  const modelPart = jsonPart("model", file.fields["model"]);
  const kind = textField(modelPart, "type", guessed(modelPart));
  const model = madeBy(MODELS, modelPart, kind);
  const made = <Made>(key: string, read: (part: JsonPart) => Made): Made | undefined => {
    const part = optionalPart(file, key);
    return part === undefined ? undefined : read({ where: key, fields: part.fields });
  };
  const normalizer = made("normalizer", readNormalizer);
  const split = made("pre_tokenizer", readPreTokenizer);
  const post = made("post_processor", readPostProcessor) ?? PLAIN;
  const decoder = made("decoder", readDecoder) ?? SPACED;
  const truncation = made("truncation", readTruncation);
  const padding = made("padding", readPadding) ?? NO_PADDING;
  const added = readAddedTokens(file);
  for (const { id, content } of added) {
    const own = model.tokenToId(content) ?? id;
    if (own !== id) throw malformed(`added_tokens "${content}"`, `the number ${own} that vocab gives it`, id);
  }
  const byId = new Map(added.map((token) => [token.id, token]));
  const byContent = new Map(added.map((token) => [token.content, token.id]));
  const findGiven = tokenFinder(added.filter(({ normalized }) => !normalized));
  const findNormal = tokenFinder(
    added.filter(({ normalized }) => normalized),
    normalizer,
  );
  const known = new Map<string, readonly number[]>();

  const append = ({ text, id }: TextPiece, ids: number[]): void => {
    if (id !== undefined) {
      ids.push(id);
      return;
    }
    const remembered = known.get(text);
    if (remembered !== undefined) {
      for (const one of remembered) ids.push(one);
      return;
    }
    const from = ids.length;
    model.tokenize(text, ids);
    if (text.length > LONGEST_REMEMBERED) return;
    if (known.size >= REMEMBERED) known.clear();
    known.set(text, ids.slice(from));
  };

  const idsOf = (given: string): number[] => {
    const ids: number[] = [];
    const pieces: TextPiece[] = [];
    const whole = given.toWellFormed();
    findGiven({ text: whole, lead: (whole.codePointAt(0) ?? 0) > 0xffff ? 2 : 1 }, pieces);
    const normal: TextPiece[] = [];
    for (const piece of pieces) {
      if (piece.id !== undefined) normal.push(piece);
      else if (piece.text === "") continue;
      else if (normalizer === undefined) findNormal(piece, normal);
      else {
        const text = normalizer.apply(piece.text);
        findNormal({ text, lead: piece.lead === 0 ? 0 : normalizer.lead(piece.text, piece.lead) }, normal);
      }
    }
    if (split === undefined) for (const piece of normal) append(piece, ids);
    else {
      const parts: TextPiece[] = [];
      for (const piece of normal)
        if (piece.id !== undefined) parts.push(piece);
        else if (piece.text !== "") split(piece, parts);
      for (const part of parts) append(part, ids);
    }
    return ids;
  };

  const listOf = (text: string, { pair, addSpecialTokens = true }: EncodeOptions): TokenList => {
    const texts = [tokenList(idsOf(text), 0), ...(pair === undefined ? [] : [tokenList(idsOf(pair), 1)])];
    const extra = addSpecialTokens ? post.added(texts.length) : 0;
    const cut = truncation === undefined ? texts : truncation(texts, extra);
    return joinLists(post.apply(cut, addSpecialTokens));
  };

  return Object.freeze({
    kind: "tokenizer",
    model: kind,
    size: added.reduce((size, { id }) => Math.max(size, id + 1), model.size),
    json,
    encode(text: string, options: EncodeOptions = {}) {
      const list = listOf(text, options);
      return encodingOf(list, padding.lengthFor(list.ids.length), padding);
    },
    encodeBatch(texts: readonly string[], options: Omit<EncodeOptions, "pair"> = {}) {
      const lists = texts.map((text) => listOf(text, options));
      const longest = lists.reduce((most, { ids }) => Math.max(most, ids.length), 0);
      const length = padding.lengthFor(longest);
      return Object.freeze(lists.map((list) => encodingOf(list, length, padding)));
    },
    encodeSeries(texts: readonly string[], options: Omit<EncodeOptions, "pair"> = {}) {
      const offsets = new Int32Array(texts.length + 1);
      let values = new Int32Array(16 * texts.length + 16);
      let end = 0;
      const plain = truncation === undefined && (post === PLAIN || options.addSpecialTokens === false);
      for (const [row, text] of texts.entries()) {
        const ids = plain ? idsOf(text) : listOf(text, options).ids;
        if (end + ids.length > values.length) {
          const wider = new Int32Array(2 * (end + ids.length));
          wider.set(values.subarray(0, end));
          values = wider;
        }
        for (const id of ids) values[end++] = id;
        offsets[row + 1] = end;
      }
      return Object.freeze({ offsets, values: values.slice(0, end) });
    },
    decode(ids: ArrayLike<number>, { skipSpecialTokens = true } = {}) {
      const tokens = Array.from(ids).flatMap((id) => {
        const token = byId.get(id);
        if (token !== undefined && skipSpecialTokens && token.special) return [];
        // A token that is sought in normalised texts is told as it stands there.
        if (token !== undefined)
          return [
            token.normalized && normalizer !== undefined ? normalizer.apply(token.content) : token.content,
          ];
        const own = model.idToToken(id);
        return own === undefined ? [] : [own];
      });
      return decoder(tokens).join("");
    },
    tokenToId: (token: string) => byContent.get(token) ?? model.tokenToId(token),
    idToToken: (id: number) => byId.get(id)?.content ?? model.idToToken(id),
  });
}

function parse(json: string): JsonPart {
  if (typeof json !== "string")
    throw tidelineError("ARGUMENT_INVALID", {
      who: "readTokenizer",
      field: "json",
      expected: "the text of a file",
      received: typeof json,
    });
  try {
    return jsonPart("file", JSON.parse(json));
  } catch (cause) {
    throw tidelineError("DATA_MALFORMED", {
      who: "readTokenizer",
      expected: "JSON",
      received: String(cause),
      cause,
    });
  }
}

/** The model of a file that does not name it, by the fields that only it has. */
function guessed({ fields }: JsonPart): string | undefined {
  if ("merges" in fields) return "BPE";
  if (Array.isArray(fields["vocab"])) return "Unigram";
  return "max_input_chars_per_word" in fields ? "WordPiece" : undefined;
}
