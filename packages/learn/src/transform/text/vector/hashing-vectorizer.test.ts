import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { hashingVectorizer, type HashingVectorizerOptions } from "./hashing-vectorizer.ts";

interface Case {
  readonly kind: string;
  readonly options: {
    readonly n_features: number;
    readonly alternate_sign?: boolean;
    readonly norm?: "l1" | null;
    readonly ngram_range?: [number, number];
    readonly analyzer?: "char_wb";
    readonly binary?: boolean;
  };
  readonly indptr: readonly number[];
  readonly indices: readonly number[];
  readonly values: readonly number[];
}

const path = new URL("../../../../../../vectors/prepare/text/vectorizer.json", import.meta.url);
const { texts, cases } = JSON.parse(readFileSync(path, "utf8")) as {
  readonly texts: readonly string[];
  readonly cases: readonly Case[];
};
const hashing = cases.filter(({ kind }) => kind === "HashingVectorizer");

it.each(hashing)(
  "has scikit-learn's columns and numbers with $options",
  ({ options, indptr, indices, values }) => {
    const { n_features, alternate_sign, norm, ngram_range, ...rest } = options;
    const given: HashingVectorizerOptions = {
      featureCount: n_features,
      ...(alternate_sign === undefined ? {} : { alternateSign: alternate_sign }),
      ...(norm === undefined ? {} : { norm: norm ?? "none" }),
      ...(ngram_range === undefined ? {} : { ngramRange: ngram_range }),
      ...rest,
    };
    const vectorizer = hashingVectorizer(given);
    const X = vectorizer.transform(texts);
    expect([...X.indptr]).toEqual(indptr);
    expect([...X.indices]).toEqual(indices);
    for (const [at, value] of values.entries()) expect(X.values[at]).toBeCloseTo(value, 10);
    expect(vectorizer.transform(texts)).toEqual(X);
  },
);

it("says which option is wrong, and which text is none", () => {
  for (const options of [
    { featureCount: 0 },
    { featureCount: 2 ** 31 },
    { alternateSign: 1 },
    { norm: "max" },
  ])
    expect(() => hashingVectorizer(options as HashingVectorizerOptions)).toThrow("DEFINITION_ILLEGAL");
  expect(() => hashingVectorizer().transform([7 as unknown as string])).toThrow("texts, row 0");
});
