import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { selectSparseRows } from "../../../sparse-matrix.ts";
import {
  countVectorizer,
  fittedVectorizer,
  tfidfVectorizer,
  type TfidfVectorizerOptions,
} from "./vectorizer.ts";

interface Case {
  readonly kind: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly columns: number;
  readonly indptr: readonly number[];
  readonly indices: readonly number[];
  readonly values: readonly number[];
  readonly terms: readonly string[];
}

const path = new URL("../../../../../../vectors/prepare/text/vectorizer.json", import.meta.url);
const { texts, cases } = JSON.parse(readFileSync(path, "utf8")) as {
  readonly texts: readonly string[];
  readonly cases: readonly Case[];
};

const NAMES: Readonly<Record<string, string>> = {
  ngram_range: "ngramRange",
  min_df: "minDf",
  max_df: "maxDf",
  max_features: "maxFeatures",
  stop_words: "stopWords",
  strip_accents: "stripAccents",
  token_pattern: "tokenPattern",
  sublinear_tf: "sublinearTf",
  smooth_idf: "smoothIdf",
  use_idf: "useIdf",
};

function optionsOf({ options }: Case): TfidfVectorizerOptions {
  const own = Object.entries(options).map(([name, value]) => [NAMES[name] ?? name, value ?? "none"]);
  const given = Object.fromEntries(own) as Record<string, unknown>;
  // Python's classes in a pattern are written out.
  if (typeof given["tokenPattern"] === "string")
    given["tokenPattern"] = given["tokenPattern"]
      .replaceAll("\\w", "\\p{L}\\p{N}_")
      .replaceAll("\\s", "\\p{White_Space}");
  return given as TfidfVectorizerOptions;
}

const learnt = cases.filter(({ kind }) => kind !== "HashingVectorizer");

describe.each(learnt.map((one) => ({ ...one, title: `${one.kind} ${JSON.stringify(one.options)}` })))(
  "$title",
  (one) => {
    const make = one.kind === "CountVectorizer" ? countVectorizer : tfidfVectorizer;
    const { fitted, X } = make(optionsOf(one)).fitTransform(texts);

    it("has scikit-learn's terms and numbers", () => {
      expect(fitted.terms).toEqual(one.terms);
      expect(X.columns).toBe(one.columns);
      expect([...X.indptr]).toEqual(one.indptr);
      expect([...X.indices]).toEqual(one.indices);
      for (const [at, value] of one.values.entries())
        expect(Math.abs(X.values[at]! - value)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(value)));
    });

    it("gives the same in pieces, from its parts and row by row", () => {
      const fitting = make(optionsOf(one)).start();
      for (let at = 0; at < texts.length; at += 5) fitting.add(texts.slice(at, at + 5));
      const pieces = fitting.finish();
      expect(pieces.terms).toEqual(fitted.terms);
      expect(pieces.idf).toEqual(fitted.idf);
      const { analysis, weighting, terms, idf } = pieces;
      const stored = fittedVectorizer({ analysis, weighting, terms, idf });
      expect(stored.transform(texts)).toEqual(X);
      expect(stored.transform([texts[4]!, "unseen"])).toEqual(
        selectSparseRows(stored.transform([...texts, "unseen"]), [4, texts.length]),
      );
    });
  },
);

it("says which option is wrong", () => {
  const codeOf = (options: object) => {
    try {
      tfidfVectorizer(options);
      return "none";
    } catch (error) {
      return (error as { code?: string }).code;
    }
  };
  for (const options of [
    { ngramRange: [2, 1] },
    { ngramRange: [0, 1] },
    { minDf: 0 },
    { minDf: 1.5 },
    { maxFeatures: 0 },
    { norm: "l3" },
    { analyzer: "sentence" },
    { tokenPattern: "(" },
    { stopWords: "english" },
    { analyzer: "char", stopWords: ["a"] },
    { lowercase: 1 },
  ])
    expect(codeOf(options), JSON.stringify(options)).toBe("DEFINITION_ILLEGAL");
});

it("wants terms and texts", () => {
  expect(() => tfidfVectorizer().fit([])).toThrow("NOT_ENOUGH_DATA");
  expect(() => tfidfVectorizer().fit(["", "!"])).toThrow("no words at all");
  expect(() => countVectorizer({ minDf: 3 }).fit(["ab", "cd"])).toThrow("NOT_ENOUGH_DATA");
  expect(() => countVectorizer().fit(["ab", null as unknown as string])).toThrow("DATA_MALFORMED");
});
