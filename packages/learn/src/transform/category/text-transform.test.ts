import { referenceRuntime } from "@tideline/graph";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { onnxruntimeNode } from "../../../../pipeline/src/runtime/onnxruntime-node.ts";
import { frame } from "../../frame/frame.ts";
import { fitTransform } from "../transform.ts";
import { crossOf } from "./category-cross.ts";
import { compareDecimals, compareTexts } from "./category-order.ts";
import { featureHasher, type FeatureHasherOptions } from "./feature-hasher.ts";
import { featureBucket } from "./feature-bucket.ts";
import { featureHashSource } from "./hash-source.ts";
import { labelEncoder } from "./label-encoder.ts";
import { murmurHash3 } from "./murmur-hash.ts";
import { rareGrouper } from "./rare-grouper.ts";
import { runLowered } from "./testing/run-lowered.ts";
import { integers, LABELS, matrixOf, texts, textsOf, TRAIN, vectorsOf } from "./testing/vector-rows.ts";

describe("rareGrouper", () => {
  const rows = frame([texts("city", ["a", "a", "a", "b", "b", "c", null, "d"])]);
  const odd = frame([texts("city", ["c", "b", "z", null, "a"])]);

  test("puts the rare and the unseen together", async () => {
    const fitted = fitTransform(rareGrouper({ minFrequency: 2 }), rows);
    const expected = ["(other)", "b", "(other)", null, "a"];
    expect(textsOf(fitted.transform(odd), "city")).toEqual(expected);
    for (const runtime of [referenceRuntime, onnxruntimeNode])
      expect(await runLowered(fitted, odd, runtime)).toEqual({ city: expected });
    const strict = fitTransform(rareGrouper({ minFrequency: 2, handleUnknown: "missing" }), rows);
    expect(textsOf(strict.transform(odd), "city")).toEqual(["(other)", "b", null, null, "a"]);
  });

  test("keeps the most frequent, and joins a category of the group's name", () => {
    expect(textsOf(fitTransform(rareGrouper({ maxCategories: 2 }), rows).transform(rows), "city")).toEqual([
      "a",
      "a",
      "a",
      "(other)",
      "(other)",
      "(other)",
      null,
      "(other)",
    ]);
    const other = fitTransform(rareGrouper({ minFrequency: 2, other: "a" }), rows);
    expect(textsOf(other.transform(odd), "city")).toEqual(["a", "b", "a", null, "a"]);
  });
});

describe("crossOf", () => {
  const rows = frame([
    texts("a", ["x", "x|", "y", null, "x"]),
    texts("b", ["|p", "p", "q", "q", "q"]),
    integers("c", [1, 1, 2, 1, null]),
  ]);

  test("makes one category of a combination that the fit saw, however it is written", async () => {
    const fitted = fitTransform(crossOf(["a", "b"]), rows);
    expect(fitted.outputs).toEqual([{ name: "a x b", kind: "string" }]);
    expect(textsOf(fitted.transform(rows), "a x b")).toEqual([
      String.raw`x|\|p`,
      String.raw`x\||p`,
      "y|q",
      null,
      "x|q",
    ]);
    const odd = frame([texts("a", ["y", "y", "z", "x"]), texts("b", ["p", "q", "q", null])]);
    const expected = [null, "y|q", null, null];
    expect(textsOf(fitted.transform(odd), "a x b")).toEqual(expected);
    for (const runtime of [referenceRuntime, onnxruntimeNode])
      expect(await runLowered(fitted, odd, runtime)).toEqual({ "a x b": expected });
  });

  test("takes more than two columns, and stops at too many combinations", async () => {
    const fitted = fitTransform(crossOf(["a", "b", "c"], { name: "abc" }), rows);
    const expected = [String.raw`x|\|p|1`, String.raw`x\||p|1`, "y|q|2", null, null];
    expect(textsOf(fitted.transform(rows), "abc")).toEqual(expected);
    expect(await runLowered(fitted, rows, onnxruntimeNode)).toEqual({ abc: expected });
    expect(() => fitTransform(crossOf(["a", "b"], { maxDistinct: 3 }), rows)).toThrow(
      /"a", "b".*at most 3.*DATA_MALFORMED/,
    );
  });

  test("equals texts joined row by row", () => {
    const cell = fc.option(fc.constantFrom("u", "v", "w"), { nil: null });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 30 }), (cells) => {
        const table = frame([
          texts(
            "a",
            cells.map(([a]) => a),
          ),
          texts(
            "b",
            cells.map(([, b]) => b),
          ),
        ]);
        const expected = cells.map(([a, b]) => (a === null || b === null ? null : `${a}|${b}`));
        fc.pre(expected.some((text) => text !== null));
        expect(textsOf(fitTransform(crossOf(["a", "b"]), table).transform(table), "a x b")).toEqual(expected);
      }),
      { numRuns: 30 },
    );
  });
});

describe("featureHasher", () => {
  const amount = { kind: "float" as const, name: "amount", values: LABELS.continuous.y };
  const rows = frame([TRAIN.columns[0]!, TRAIN.columns[2]!, amount]);

  test.each(vectorsOf<readonly { options: FeatureHasherOptions; train: number[][] }[]>("hash"))(
    "equals scikit-learn with $options",
    async ({ options, train }) => {
      expect(matrixOf(fitTransform(featureHasher(options), rows).transform(rows))).toEqual(train);
      const fitted = fitTransform(featureHasher({ ...options, columns: ["city", "amount"] }), rows);
      const expected = matrixOf(fitted.transform(rows), ["hashed"]).flat() as number[];
      for (const runtime of [referenceRuntime, onnxruntimeNode]) {
        const { hashed } = await runLowered(fitted, rows, runtime);
        expect(
          Math.max(...expected.map((value, at) => Math.abs(value - (hashed![at] as number)))),
        ).toBeLessThan(1e-6);
      }
      await expect(
        runLowered(fitTransform(featureHasher({ columns: ["floor"] }), rows), rows, referenceRuntime),
      ).rejects.toThrow(/RUNTIME_UNSUPPORTED/);
    },
  );

  test("hashes as the published cases do", () => {
    const hash = (text: string, seed: number) => murmurHash3(new TextEncoder().encode(text), seed) >>> 0;
    expect(hash("", 0)).toBe(0);
    expect(hash("", 1)).toBe(0x514e28b7);
    expect(hash("test", 0x9747b28c)).toBe(0x704b81dc);
    expect(hash("Hello, world!", 0x9747b28c)).toBe(0x24884cba);
    expect(hash("The quick brown fox jumps over the lazy dog", 0x9747b28c)).toBe(0x2fa826cd);
  });
});

describe("featureHashSource", () => {
  test.each(["kotlin", "swift"] as const)(
    "%s holds the places of features to check itself by",
    (language) => {
      const rule = { nFeatures: 37, alternateSign: true };
      const source = featureHashSource({ language, ...rule });
      const bucket = featureBucket("city=K\u00f6ln", rule);
      const places = ["city=Bonn", "city=K\u00f6ln"].map((name) => featureBucket(name, rule).at);
      expect(source).toContain(
        language === "kotlin"
          ? `intArrayOf(${places.join(", ")}, `
          : `("city=K\u00f6ln", ${bucket.at}, ${bucket.sign}),`,
      );
      expect(source).toContain(language === "kotlin" ? "WIDTH: Int = 37" : "width = 37");
      expect(source).toMatch(/hashed < 0/);
      expect(featureHashSource({ language, alternateSign: false })).not.toMatch(/hashed < 0/);
      expect(() => featureHashSource({ language: "java" as "swift" })).toThrow(
        /language.*DEFINITION_ILLEGAL/,
      );
    },
  );
});

describe("labelEncoder", () => {
  test("goes there and back, and names rows without a class", () => {
    const column = texts("activity", ["walk", "sit", "walk"]);
    const encoder = labelEncoder(column);
    expect(encoder.encode(column)).toEqual({
      kind: "classes",
      y: Int32Array.of(1, 0, 1),
      classes: ["sit", "walk"],
    });
    expect(textsOf(frame([encoder.decode([1, 0], "back")]), "back")).toEqual(["walk", "sit"]);
    expect(() => encoder.encode(texts("activity", ["sit", "run"]))).toThrow(
      /row 1.*another value.*DATA_MALFORMED/,
    );
    expect(() => encoder.encode(texts("activity", [null]))).toThrow(/row 0.*none/);
    expect(() => encoder.decode([2], "back")).toThrow(/y\[0\]/);
    expect(labelEncoder(column, ["walk", "sit"]).encode(column).y).toEqual(Int32Array.of(0, 1, 0));
  });
});

test("texts are ordered by code points, decimals by size", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
      const points = (text: string) => Array.from(text, (point) => point.codePointAt(0)!);
      const [x, y] = [points(a), points(b)];
      const at = x.findIndex((point, place) => point !== y[place]);
      const expected = at < 0 ? x.length - y.length : (x[at] ?? 0) - (y[at] ?? -1);
      expect(Math.sign(compareTexts(a, b))).toBe(Math.sign(expected));
    }),
    { numRuns: 60 },
  );
  fc.assert(
    fc.property(fc.bigInt(), fc.bigInt(), (a, b) => {
      expect(Math.sign(compareDecimals(String(a), String(b)))).toBe(a < b ? -1 : a > b ? 1 : 0);
    }),
  );
});
