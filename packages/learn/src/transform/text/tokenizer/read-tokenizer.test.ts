import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readTokenizer } from "./read-tokenizer.ts";

interface Vectors {
  readonly texts: readonly string[];
  readonly pairs: readonly (readonly [string, string])[];
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
const { texts, pairs, tokenizers } = JSON.parse(readFileSync(path, "utf8")) as Vectors;

describe.each(tokenizers)("the tokenizer $name", (vector) => {
  const tokenizer = readTokenizer(vector.file);

  it.each(texts.map((text, at) => ({ text, at })))("gives the ids of $text", ({ text, at }) => {
    expect([...tokenizer.encode(text).ids]).toEqual(vector.ids[at]);
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
