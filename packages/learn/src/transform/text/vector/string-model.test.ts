import { graphBuilder, interpret, readOnnx, writeOnnx, type OnnxModel } from "@tideline/graph";
import * as ort from "onnxruntime-node";
import { describe, expect, it } from "vitest";
import { denseMatrix } from "../../../sparse-matrix.ts";
import { lowerCounts, lowerTerms } from "./lower-vectorizer.ts";
import { stringModel } from "./string-model.ts";
import { tfidfVectorizer, type FittedVectorizer, type TfidfVectorizerOptions } from "./vectorizer.ts";

const TEXTS = [
  "Call me NOW, call now!",
  "free prize: text WIN to 85555",
  "Straße über naïve café",
  "東京 タワー 東京",
  "call me",
  "",
  "!!!",
  "a b free free free",
];

const OPTIONS: readonly TfidfVectorizerOptions[] = [
  {},
  { sublinearTf: true, norm: "l1", ngramRange: [1, 2] },
  { norm: "none", useIdf: false, ngramRange: [2, 3] },
  { binary: true, lowercase: false, tokenPattern: "[\\p{L}\\p{N}]+|[^\\p{L}\\p{N}\\p{Z}]", minDf: 2 },
  { stopWords: ["me", "now"] },
];

function countModel(fitted: FittedVectorizer): OnnxModel {
  const g = graphBuilder("text");
  g.output("x", lowerCounts(g, g.input("counts", "float32", ["N", fitted.terms.length]), fitted));
  return g.build();
}

function expectClose(given: ArrayLike<number>, wanted: ArrayLike<number>): void {
  expect(given.length).toBe(wanted.length);
  for (let at = 0; at < wanted.length; at++)
    expect(Math.abs(given[at]! - wanted[at]!)).toBeLessThan(1e-6 * 10);
}

describe.each(OPTIONS)("with %o", (options) => {
  const fitted = tfidfVectorizer(options).fit(TEXTS.slice(0, 5));
  const expected = denseMatrix(fitted.transform(TEXTS)).values;

  it("a graph of texts gives the vectorizer's numbers in onnxruntime", async () => {
    const bytes = writeOnnx(stringModel(countModel(fitted), fitted));
    expect(writeOnnx(readOnnx(bytes))).toEqual(bytes);
    const session = await ort.InferenceSession.create(bytes, { intraOpNumThreads: 1 });
    const run = async (texts: readonly string[]) =>
      (await session.run({ text: new ort.Tensor("string", [...texts], [texts.length]) }))["x"]!
        .data as Float32Array;
    expectClose(await run(TEXTS), expected);
    const width = fitted.terms.length;
    for (const [row, text] of TEXTS.entries())
      expectClose(await run([text]), expected.subarray(row * width, (row + 1) * width));
    await session.release();
  });

  it("a graph of numbers of terms does, in every runtime", async () => {
    const g = graphBuilder("terms");
    g.output("x", lowerTerms(g, g.input("terms", "int64", ["N", "T"]), fitted));
    const model = g.build();
    const { dims, values } = fitted.termIds(TEXTS);
    const { x } = interpret(model, { terms: { dims: [...dims], values: Float64Array.from(values, Number) } });
    expectClose(x!.values, expected);
    const session = await ort.InferenceSession.create(writeOnnx(model), { intraOpNumThreads: 1 });
    const answer = await session.run({ terms: new ort.Tensor("int64", values, [...dims]) });
    expectClose(answer["x"]!.data as Float32Array, expected);
    await session.release();
  });
});

it("says why there is no graph of texts", () => {
  const reasonOf = (options: TfidfVectorizerOptions) => {
    const fitted = tfidfVectorizer(options).fit(TEXTS);
    return () => stringModel(countModel(fitted), fitted);
  };
  expect(reasonOf({ analyzer: "char_wb", ngramRange: [2, 3] })).toThrow("analyzer char_wb");
  expect(reasonOf({ stripAccents: "unicode" })).toThrow("stripAccents");
  expect(reasonOf({ stopWords: ["me"], ngramRange: [1, 2] })).toThrow("stopWords");
  expect(reasonOf({ tokenPattern: "\\S+" })).toThrow("tokenPattern");
  const fitted = tfidfVectorizer().fit(TEXTS);
  const g = graphBuilder("other");
  g.output("x", g.op("Neg", [g.input("counts", "float32", ["N", 3])]));
  expect(() => stringModel(g.build(), fitted)).toThrow("GRAPH_ILLEGAL");
});
