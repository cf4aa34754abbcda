import { expect, test } from "vitest";
import { onnxruntimeNode } from "../../../../pipeline/src/runtime/onnxruntime-node.ts";
import type { TrainingRows } from "../../classifier.ts";
import { matrix, selectRows, type Matrix } from "../../matrix.ts";
import { seededRandom } from "../../random.ts";
import { estimatorChecks } from "../testing/estimator-check.ts";
import { conv1d } from "./conv1d.ts";
import { conv2d } from "./conv2d.ts";
import { mlp } from "./mlp.ts";
import type { NetEstimator } from "./net-classifier.ts";
import { textcnn, type TextRows } from "./textcnn.ts";
import { tokeniser } from "./tokeniser.ts";

/** Rows of noise whose class shifts some columns, far from mean 0. */
function rowsOf(count: number, width: number): TrainingRows {
  const random = seededRandom(3);
  const y = Int32Array.from({ length: count }, (_, row) => row % 3);
  const values = Float32Array.from(
    { length: count * width },
    (_, at) => 100 + random.normal() + (at % 3 === y[Math.floor(at / width)] ? 3 : 0),
  );
  return { X: matrix(count, width, values), y, classes: ["sit", "stand", "walk"] };
}

const CASES: Readonly<
  Record<string, { readonly shape: readonly number[]; readonly make: (seed: number) => NetEstimator }>
> = {
  mlp: { shape: [6], make: (seed) => mlp({ hidden: [8], epochs: 3, batch: 16, seed }) },
  conv1d: {
    shape: [12, 3],
    make: (seed) => conv1d({ shape: [12, 3], channels: [4, 4], units: 4, epochs: 2, batch: 16, seed }),
  },
  "conv1d, bare": {
    shape: [12, 3],
    make: (seed) =>
      conv1d({
        shape: [12, 3],
        vectors: [[0, 1, 2]],
        channels: [4],
        size: [3],
        normalise: false,
        statistics: false,
        spectrum: false,
        pool: "max",
        epochs: 2,
        batch: 16,
        seed,
      }),
  },
  conv2d: {
    shape: [6, 4, 3],
    make: (seed) =>
      conv2d({
        shape: [6, 4, 3],
        channels: [4, 4],
        depth: 2,
        separable: true,
        units: 4,
        epochs: 2,
        batch: 16,
        seed,
      }),
  },
};

for (const [name, { shape, make }] of Object.entries(CASES)) {
  const width = shape.reduce((product, dim) => product * dim, 1);
  const rows = rowsOf(40, width);
  const given: Matrix = rowsOf(7, width).X;
  const checks = estimatorChecks(onnxruntimeNode, {
    name,
    estimator: make,
    rows,
    given,
    alone: selectRows(given, [0]),
    feeds: (X) => ({ x: { dims: [X.rows, ...shape], values: Float32Array.from(X.values) } }),
    bad: [
      {
        rows: { ...rows, X: matrix(40, width, Float32Array.from(rows.X.values).with(width * 2 + 1, NaN)) },
        says: /X, row 2, column 1: expected a finite number, received NaN/,
      },
      { rows: { ...rows, y: rows.y.slice(1) as Int32Array }, says: /y: expected 40 labels/ },
      {
        rows: { ...rows, classes: ["sit", "stand"] },
        says: /y\[2\]: expected an integer in 0\.\.1, received 2/,
      },
      {
        rows: { ...rows, sampleWeight: new Float64Array(40) },
        says: /sampleWeight: expected a positive sum/,
      },
    ],
  });
  for (const check of checks) test(check.name, check.run);
}

const texts = Array.from({ length: 30 }, (_, row) =>
  row % 2 === 0 ? `see you at ${row}` : `WIN £${row}00 now!`,
);
const textRows: TextRows = {
  texts,
  y: Int32Array.from(texts, (_, row) => row % 2),
  classes: ["ham", "spam"],
};
const textTokens = { length: 8, minimumCount: 1 };
for (const check of estimatorChecks<TextRows, readonly string[]>(onnxruntimeNode, {
  name: "textcnn",
  estimator: (seed) =>
    textcnn({ tokens: textTokens, embedding: 4, channels: 4, sizes: [1, 2], epochs: 2, batch: 8, seed }),
  rows: textRows,
  given: ["you win", "at 7", "", "unseen words that are far more than eight of them"],
  alone: ["you win"],
  feeds: (given) => {
    const values = BigInt64Array.from(tokeniser(textTokens).fit(texts).encode(given), BigInt);
    return { x: { dims: [given.length, 8], values } };
  },
  bad: [
    { rows: { ...textRows, texts: texts.slice(1) }, says: /y: expected 29 labels/ },
    {
      rows: { ...textRows, texts: texts.with(3, null as unknown as string) },
      says: /texts, row 3: expected a text/,
    },
  ],
}))
  test(check.name, check.run);

test("tokens are words, signs and lengths of numbers, the frequent ones first", () => {
  const fitted = tokeniser({ length: 6, minimumCount: 1 }).fit([
    "Don't call 85555, don\u2019t!",
    "don't CALL 12345",
  ]);
  expect(fitted.tokens).toEqual(["#5", "call", "don't", "!", ",", "don\u2019t"]);
  expect([...fitted.encode(["Call me 99999 now"])]).toEqual([3, 1, 2, 1, 0, 0]);
  expect(tokeniser({ unit: "character", length: 3, minimumCount: 1 }).fit(["aab"]).tokens).toEqual([
    "a",
    "b",
  ]);
});
