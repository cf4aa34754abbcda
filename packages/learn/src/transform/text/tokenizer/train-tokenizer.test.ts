import { expect, it } from "vitest";
import { trainTokenizer, type TrainTokenizerOptions } from "./train-tokenizer.ts";

const TEXTS = [
  "low lower lowest low low",
  "new newer newest new new",
  "wide wider widest wide naïve \u6771\u4eac",
  "the lower the newer the wider 12 12 12",
];

const BYTES: TrainTokenizerOptions = {
  model: "BPE",
  vocabularySize: 300,
  normalizer: null,
  specialTokens: ["<end>"],
  preTokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
};

const trained = (options: TrainTokenizerOptions, texts = TEXTS) => {
  const training = trainTokenizer(options);
  training.add(texts);
  return training.finish();
};

it.each<TrainTokenizerOptions>([
  { model: "WordPiece", vocabularySize: 60 },
  { model: "BPE", vocabularySize: 60 },
  BYTES,
])("learns what comes often, whatever the order of the texts: %j", (options) => {
  const tokenizer = trained(options);
  expect(tokenizer.size).toBeLessThanOrEqual(options.vocabularySize!);
  expect(trained(options, TEXTS.toReversed()).json).toBe(tokenizer.json);
  const pieces = trainTokenizer(options);
  for (const text of TEXTS) pieces.add([text]);
  expect(pieces.finish().json).toBe(tokenizer.json);
  const ids = tokenizer.encode("low new lowest").ids;
  expect(ids.length).toBeLessThan("low new lowest".length / 2);
});

it("loses nothing of any text by bytes", () => {
  const tokenizer = trained(BYTES);
  for (const text of [...TEXTS, "\u{1f600} unseen \0\n"])
    expect(tokenizer.decode(tokenizer.encode(text).ids)).toBe(text);
});

it("keeps to its alphabet", () => {
  const tokenizer = trained({ model: "WordPiece", alphabet: 8, vocabularySize: 40 });
  expect(tokenizer.tokenToId("\u6771")).toBeUndefined();
  expect([...tokenizer.encode("\u6771").ids]).toEqual([1]);
});

it("says what is wrong", () => {
  expect(() => trainTokenizer({ model: "BPE" }).finish()).toThrow("NOT_ENOUGH_DATA");
  expect(() => trainTokenizer({ model: "Unigram" as "BPE" })).toThrow("DEFINITION_ILLEGAL");
  expect(() => trainTokenizer({ model: "BPE", unknownToken: "<unk>" })).toThrow("unknownToken");
  expect(() => trainTokenizer({ model: "BPE", vocabularySize: 0 })).toThrow("vocabularySize");
  expect(() => trainTokenizer({ model: "BPE", preTokenizer: { type: "Magic" } })).toThrow("Magic");
});
