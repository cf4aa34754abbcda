import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readNormalizer } from "./normalizer.ts";
import { readTokenizer } from "./read-tokenizer.ts";

interface Vectors {
  readonly texts: readonly string[];
  readonly pairs: readonly (readonly [string, string])[];
  readonly precompiled: {
    readonly file: string;
    readonly texts: readonly string[];
    readonly normalised: readonly string[];
  };
  readonly tokenizers: readonly {
    readonly name: string;
    readonly file: string;
    readonly ids: readonly (readonly number[])[];
    readonly plain: readonly (readonly number[])[];
    readonly decoded: readonly string[];
    readonly types: readonly (readonly number[])[];
    readonly batch: readonly (readonly number[])[];
    readonly masks: readonly (readonly (readonly number[])[])[];
    readonly pairs: readonly ({
      readonly ids: readonly number[];
      readonly types: readonly number[];
    } | null)[];
  }[];
}

const path = new URL("../../../../../../vectors/prepare/text/tokenizer.json", import.meta.url);
const { texts, pairs, precompiled, tokenizers } = JSON.parse(readFileSync(path, "utf8")) as Vectors;

describe.each(tokenizers)("the tokenizer $name", (vector) => {
  const tokenizer = readTokenizer(vector.file);

  it("gives the ids of PyPI tokenizers", () => {
    for (const [at, text] of texts.entries())
      expect([...tokenizer.encode(text).ids], JSON.stringify(text)).toEqual(vector.ids[at]);
  });

  it("gives ids of many texts behind each other", () => {
    const { offsets, values } = tokenizer.encodeSeries(texts);
    for (const at of texts.keys()) {
      const { ids, attentionMask } = tokenizer.encode(texts[at]!);
      const own = ids.filter((_, place) => attentionMask[place] === 1);
      expect(values.subarray(offsets[at], offsets[at + 1])).toEqual(own);
    }
  });

  it("adds no special tokens where none are asked for", () => {
    const ids = texts
      .slice(0, 20)
      .map((text) => [...tokenizer.encode(text, { addSpecialTokens: false }).ids]);
    expect(ids).toEqual(vector.plain);
  });

  it("decodes", () => {
    expect(vector.ids.map((ids) => tokenizer.decode(ids))).toEqual(vector.decoded);
  });

  it("says of which text a token is, in batches, too", () => {
    const last = texts.slice(-6);
    expect(last.map((text) => [...tokenizer.encode(text).typeIds])).toEqual(vector.types);
    const batch = tokenizer.encodeBatch(last);
    expect(batch.map(({ ids }) => [...ids])).toEqual(vector.batch);
    expect(batch.map((one) => [[...one.attentionMask], [...one.specialTokensMask]])).toEqual(vector.masks);
  });

  it("encodes pairs", () => {
    for (const [at, [text, pair]] of pairs.entries()) {
      const expected = vector.pairs[at];
      if (expected === null || expected === undefined) continue;
      const { ids, typeIds } = tokenizer.encode(text, { pair });
      expect([...ids], JSON.stringify([text, pair])).toEqual(expected.ids);
      expect([...typeIds]).toEqual(expected.types);
    }
  });
});

it("replaces by SentencePiece's tables", () => {
  const { normalizer } = JSON.parse(precompiled.file) as { normalizer: Record<string, unknown> };
  const { apply } = readNormalizer({ where: "normalizer", fields: normalizer });
  expect(precompiled.texts.map(apply)).toEqual(precompiled.normalised);
});

const WORDS = { type: "WordLevel", unk_token: "?", vocab: { "?": 0, a: 1, "\ufffd": 2, "\0": 3 } };
const fileWith = (parts: object) => JSON.stringify({ model: WORDS, ...parts });

it("reads lone surrogates as U+FFFD, and zeros as they are", () => {
  const tokenizer = readTokenizer(
    fileWith({ pre_tokenizer: { type: "Split", pattern: { String: "-" }, behavior: "Removed" } }),
  );
  expect([...tokenizer.encode("\ud83d-a-\0-\udc00-b").ids]).toEqual([2, 1, 3, 2, 0]);
});

it.each([
  [{ normalizer: { type: "Sequence", normalizers: [{ type: "Cyrillic" }] } }, "Cyrillic"],
  [{ pre_tokenizer: { type: "UnicodeScripts" } }, "UnicodeScripts"],
  [{ post_processor: { type: "Magic" } }, "Magic"],
  [{ decoder: { type: "CTC" } }, "CTC"],
  [{ model: { type: "Lookup", vocab: {} } }, "Lookup"],
  [{ model: { type: "BPE", vocab: {}, merges: [], dropout: 0.1 } }, "dropout"],
  [{ pre_tokenizer: { type: "Split", pattern: { Regex: "(a)\\1" }, behavior: "Isolated" } }, "\\1"],
  [{ pre_tokenizer: { type: "Split", pattern: { Regex: "[a&&b]" }, behavior: "Isolated" } }, "&&"],
  [{ pre_tokenizer: { type: "Split", pattern: { Regex: "\\G" }, behavior: "Isolated" } }, "\\G"],
])("names what it does not have: %j", (parts, name) => {
  expect(() => readTokenizer(fileWith(parts))).toThrow(name);
  expect(() => readTokenizer(fileWith(parts))).toThrow("MODEL_UNSUPPORTED");
});

it.each([
  "",
  "[]",
  "{}",
  fileWith({ model: { type: "WordLevel", vocab: { a: -1 } } }),
  fileWith({ model: { type: "WordLevel", vocab: { a: 2_000_000_000 } } }),
  fileWith({ model: { type: "BPE", vocab: { a: 0 }, merges: [["a", "b"]] } }),
  fileWith({ model: { type: "BPE", vocab: { a: 0 }, merges: ["a"] } }),
  fileWith({ model: { type: "Unigram", vocab: [["a", 0]], unk_id: 1 } }),
  fileWith({ model: { type: "Unigram", vocab: [["a"]] } }),
  fileWith({ added_tokens: [{ id: 7, content: "a" }] }),
  fileWith({ normalizer: { type: "Precompiled", precompiled_charsmap: "AAAA" } }),
  fileWith({ normalizer: { type: "Precompiled", precompiled_charsmap: "*" } }),
  fileWith({ normalizer: { type: "Prepend" } }),
  fileWith({ pre_tokenizer: { type: "FixedLength", length: 0 } }),
  fileWith({ post_processor: { type: "BertProcessing", sep: ["a"], cls: ["a", 1] } }),
  fileWith({ truncation: { max_length: -1 } }),
  fileWith({ padding: { strategy: { Fixed: "a" } } }),
])("refuses a file that contradicts itself: %s", (file) => {
  expect(() => readTokenizer(file)).toThrow("DATA_MALFORMED");
});

it("is linear in long words", () => {
  const vocab = Object.fromEntries(["a", "aa", "aaaa", "b"].map((token, id) => [token, id]));
  const merges = [
    ["a", "a"],
    ["aa", "aa"],
  ];
  const tokenizer = readTokenizer(JSON.stringify({ model: { type: "BPE", vocab, merges } }));
  const { ids } = tokenizer.encode("a".repeat(200_001));
  expect([ids.length, ids[0], ids.at(-1)]).toEqual([50_001, 2, 0]);
});

const nested = (key: string, depth: number, leaf: object) => {
  let text = JSON.stringify(leaf);
  for (let level = 0; level < depth; level++) text = `{"type":"Sequence","${key}":[${text}]}`;
  return text;
};

it.each([
  ["normalizer", "normalizers", { type: "NFC" }],
  ["pre_tokenizer", "pretokenizers", { type: "Whitespace" }],
  ["decoder", "decoders", { type: "Fuse" }],
  ["post_processor", "processors", { type: "ByteLevel" }],
])("reads a %s of parts within parts up to a depth, and says so beyond", (part, key, leaf) => {
  const file = (depth: number) => `{"model":${JSON.stringify(WORDS)},"${part}":${nested(key, depth, leaf)}}`;
  expect(readTokenizer(file(64)).encode("a").ids.length).toBe(1);
  for (const depth of [65, 20_000]) expect(() => readTokenizer(file(depth))).toThrow("MODEL_UNSUPPORTED");
});

it("shows what is nested beyond the stack without falling over it", () => {
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  expect(() => readTokenizer(`{"model":${JSON.stringify(WORDS)},"normalizer":${deep}}`)).toThrow(
    "DATA_MALFORMED",
  );
});

it.each([
  ["Strip", { normalizer: { type: "Strip" } }, (count: number) => `a${" ".repeat(count)}a`],
  [
    "a token that takes spaces along",
    { added_tokens: [{ id: 0, content: "?", lstrip: true }] },
    (count: number) => `${" ".repeat(count)}a?`.repeat(2),
  ],
  [
    "a token of a space that takes spaces along",
    { added_tokens: [{ id: 1, content: "a", lstrip: true, rstrip: true, single_word: true }] },
    (count: number) => "a ".repeat(count),
  ],
])("takes time that grows with the text and not with its square: %s", (_, parts, textOf) => {
  const tokenizer = readTokenizer(fileWith({ pre_tokenizer: { type: "WhitespaceSplit" }, ...parts }));
  const seconds = (text: string) => {
    const began = performance.now();
    tokenizer.encode(text);
    return performance.now() - began;
  };
  seconds(textOf(100));
  const few = seconds(textOf(10_000));
  expect(seconds(textOf(80_000))).toBeLessThan(24 * few + 100);
});
