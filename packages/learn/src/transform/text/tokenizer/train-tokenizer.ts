import { tidelineError } from "@tideline/spec/error";
import { illegalOption, oneOf, positiveInteger } from "../../../net/check-option.ts";
import { BYTE_SIGNS } from "./byte-alphabet.ts";
import { learnMerges, type TrainingWord } from "./learn-merges.ts";
import { readNormalizer } from "./normalizer.ts";
import { readPreTokenizer } from "./pre-tokenizer.ts";
import { readTokenizer } from "./read-tokenizer.ts";
import type { TextPiece, Tokenizer } from "./tokenizer.ts";

/** What {@link trainTokenizer} takes. */
export interface TrainTokenizerOptions {
  readonly model: "WordPiece" | "BPE";
  /** Tokens at most, special ones included. Default 8000. */
  readonly vocabularySize?: number;
  /** Pairs seen less often are not joined. Default 2. */
  readonly minimumCount?: number;
  /** Characters kept at most, the most frequent ones; others are unknown. Default 1000. Byte-level files have all 256. */
  readonly alphabet?: number;
  /** Tokens of no text, first in the vocabulary. Default "[PAD]" and "[UNK]". */
  readonly specialTokens?: readonly string[];
  /** Which of them stands for what is unknown. Default "[UNK]". */
  readonly unknownToken?: string;
  /** A component as in a file. Default `{ type: "BertNormalizer", ... }`, without changing case; null for none. */
  readonly normalizer?: Readonly<Record<string, unknown>> | null;
  /** A component as in a file. Default `{ type: "BertPreTokenizer" }`. */
  readonly preTokenizer?: Readonly<Record<string, unknown>>;
}

/** A training in progress: counts of words are kept, texts are not. */
export interface TokenizerTraining {
  add(texts: readonly string[]): void;
  /** Errors: NOT_ENOUGH_DATA without words. */
  finish(): Tokenizer;
}

const WHO = "trainTokenizer";
const PREFIX = "##";
const BERT = {
  type: "BertNormalizer",
  clean_text: true,
  handle_chinese_chars: true,
  strip_accents: false,
  lowercase: false,
};

/**
 * Trains a tokenizer on texts in pieces; the file that it makes is one that Hugging Face's `tokenizers` read, too. Both models
 * are learnt by joining frequent pairs; in WordPiece what goes on within a word is marked by `##`, and a text is cut by the
 * longest tokens. The same texts give the same file, in whatever pieces and order they come.
 *
 * @throws DEFINITION_ILLEGAL for an option that makes no sense; MODEL_UNSUPPORTED and DATA_MALFORMED for components as
 *   `readTokenizer`.
 * @example
 * const training = trainTokenizer({ model: "WordPiece", vocabularySize: 4000 });
 * training.add(texts);
 * const tokenizer = training.finish();
 */
export function trainTokenizer(options: TrainTokenizerOptions): TokenizerTraining {
  const { vocabularySize = 8000, minimumCount = 2, alphabet = 1000 } = options;
  const model = oneOf(WHO, "model", { WordPiece: 0, BPE: 0 }, options.model);
  for (const [field, value] of Object.entries({ vocabularySize, minimumCount, alphabet }))
    positiveInteger(WHO, field, value);
  if (vocabularySize > 2 ** 20)
    throw illegalOption(WHO, "vocabularySize", "at most 2^20", String(vocabularySize));
  const { specialTokens = ["[PAD]", "[UNK]"], unknownToken = "[UNK]", normalizer = BERT } = options;
  const preTokenizer = options.preTokenizer ?? { type: "BertPreTokenizer" };
  const byteLevel = JSON.stringify(preTokenizer).includes('"ByteLevel"');
  if (!byteLevel && !specialTokens.includes(unknownToken))
    throw illegalOption(WHO, "unknownToken", "one of specialTokens", unknownToken);
  const normal =
    normalizer === null ? undefined : readNormalizer({ where: "normalizer", fields: normalizer });
  const split = readPreTokenizer({ where: "preTokenizer", fields: preTokenizer });
  const counts = new Map<string, number>();

  return Object.freeze({
    add(texts: readonly string[]) {
      for (const given of texts) {
        const text = given.toWellFormed();
        const pieces: TextPiece[] = [];
        split({ text: normal?.apply(text) ?? text, lead: 0 }, pieces);
        for (const { text: word } of pieces) counts.set(word, (counts.get(word) ?? 0) + 1);
      }
    },
    finish() {
      if (counts.size === 0)
        throw tidelineError("NOT_ENOUGH_DATA", {
          who: WHO,
          field: "texts",
          expected: "words",
          received: "none",
        });
      const prefix = model === "WordPiece" ? PREFIX : "";
      const tokens: string[] = [];
      const numbers = new Map<string, number>();
      const put = (token: string): number => {
        const known = numbers.get(token);
        if (known !== undefined) return known;
        numbers.set(token, tokens.length);
        return tokens.push(token) - 1;
      };
      for (const token of specialTokens) put(token);
      const words = [...counts].sort(([one], [other]) => (one < other ? -1 : 1));
      const signs = alphabetOf(words, alphabet, byteLevel);
      for (const sign of signs) put(sign);
      const room = new Set(signs);
      const training = words.map(([word, count]): TrainingWord => {
        const kept = [...word];
        // What is outside the alphabet parts a word: nothing is joined over it.
        const symbols = kept.flatMap((sign, at) =>
          room.has(sign) ? [put(at > 0 ? prefix + sign : sign)] : [],
        );
        return { symbols: symbols.length === kept.length ? symbols : [], count };
      });
      const merges = learnMerges(training, minimumCount, (left, right) =>
        tokens.length < vocabularySize ? put(tokens[left]! + tokens[right]!.slice(prefix.length)) : undefined,
      );
      const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
      return readTokenizer(
        JSON.stringify({
          version: "1.0",
          truncation: null,
          padding: null,
          added_tokens: specialTokens.map((content, id) => ({
            id,
            content,
            single_word: false,
            lstrip: false,
            rstrip: false,
            normalized: false,
            special: true,
          })),
          normalizer,
          pre_tokenizer: preTokenizer,
          post_processor: null,
          decoder: byteLevel
            ? { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true }
            : model === "WordPiece"
              ? { type: "WordPiece", prefix: PREFIX, cleanup: true }
              : null,
          model:
            model === "WordPiece"
              ? {
                  type: model,
                  unk_token: unknownToken,
                  continuing_subword_prefix: PREFIX,
                  max_input_chars_per_word: 100,
                  vocab,
                }
              : {
                  type: model,
                  dropout: null,
                  unk_token: byteLevel ? null : unknownToken,
                  continuing_subword_prefix: null,
                  end_of_word_suffix: null,
                  fuse_unk: false,
                  byte_fallback: false,
                  ignore_merges: false,
                  vocab,
                  merges: merges.map(({ left, right }) => [tokens[left], tokens[right]]),
                },
        }),
      );
    },
  });
}

/** The characters that tokens are made of, the most frequent ones, in the order of their code points. */
function alphabetOf(
  words: readonly (readonly [string, number])[],
  most: number,
  byteLevel: boolean,
): readonly string[] {
  if (byteLevel) return BYTE_SIGNS;
  const counts = new Map<string, number>();
  for (const [word, count] of words)
    for (const sign of word) counts.set(sign, (counts.get(sign) ?? 0) + count);
  return [...counts]
    .sort(([one, many], [other, more]) => more - many || one.codePointAt(0)! - other.codePointAt(0)!)
    .slice(0, most)
    .map(([sign]) => sign)
    .sort((one, other) => one.codePointAt(0)! - other.codePointAt(0)!);
}
