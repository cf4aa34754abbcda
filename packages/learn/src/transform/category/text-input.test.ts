import { graphBuilder, writeOnnx } from "@tideline/graph";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect, test } from "vitest";
import { frame } from "../../frame/frame.ts";
import { graphInputs } from "../graph-input.ts";
import { fitTransform, type Transform } from "../transform.ts";
import { binaryEncoder } from "./binary-encoder.ts";
import { crossOf } from "./category-cross.ts";
import { featureHasher } from "./feature-hasher.ts";
import { frequencyEncoder } from "./frequency-encoder.ts";
import { oneHotEncoder } from "./one-hot-encoder.ts";
import { ordinalEncoder } from "./ordinal-encoder.ts";
import { rareGrouper } from "./rare-grouper.ts";
import { targetEncoder } from "./target-encoder.ts";
import { targetOrderEncoder } from "./target-order-encoder.ts";
import { LABELS, matrixOf, texts, textsOf, TRAIN } from "./testing/vector-rows.ts";
import { textDictionaries, textInputs } from "./text-input.ts";
import { weightOfEvidence } from "./weight-of-evidence.ts";

const columns = ["city", "colour"];
const CASES: readonly Transform[] = [
  oneHotEncoder({ columns }),
  oneHotEncoder({ columns, handleUnknown: "ignore", drop: "first" }),
  oneHotEncoder({ columns, handleUnknown: "infrequent", maxCategories: 4, output: "vector" }),
  ordinalEncoder({ columns, handleUnknown: "useEncodedValue", unknownValue: -5, encodedMissingValue: -7 }),
  frequencyEncoder({ columns }),
  targetEncoder({ columns }),
  weightOfEvidence({ columns }),
  targetOrderEncoder({ columns }),
  binaryEncoder({ columns }),
  rareGrouper({ columns, maxCategories: 4 }),
  crossOf(columns),
];

const NEW = frame([
  texts("city", ["Bonn", "Paris", null, "\u{1f30d}", "Köln", "bonn"]),
  texts("colour", ["red", "red", "pink", "green", null, "blue"]),
]);

/** What onnxruntime gives for texts, by output. */
async function runTexts(bytes: Uint8Array) {
  const session = await InferenceSession.create(bytes);
  try {
    const feeds = columns.map((name) => {
      const values = textsOf(NEW, name).map((text) => text ?? "");
      return [name, new Tensor("string", values, [values.length, 1])] as const;
    });
    const results = await session.run(Object.fromEntries(feeds));
    return session.outputNames.map((name) =>
      Array.from(results[name]!.data as ArrayLike<number | bigint>, Number),
    );
  } finally {
    await session.release();
  }
}

test.each(CASES.map((transform, at) => [at, transform.kind, transform] as const))(
  "case %i: %s takes texts in onnxruntime, and gives what the frame gives",
  async (_, _kind, transform) => {
    const fitted = fitTransform(transform, TRAIN, LABELS.binary);
    const dictionaries = textDictionaries([fitted]);
    const g = graphBuilder("texts");
    const lowered = fitted
      .lower(g, graphInputs(g, fitted.inputs, { strings: "codes", dictionaries }))
      .filter(({ name }) => fitted.outputs.some((output) => output.name === name));
    for (const [at, { value }] of lowered.entries()) g.output(`output ${at}`, value);
    const given = await runTexts(writeOnnx(textInputs(g.build(), dictionaries)));
    const expected = fitted.transform(NEW);
    for (const [at, column] of lowered.entries()) {
      if (column.kind === "codes") {
        const back = given[at]!.map((code) => column.dictionary[code] ?? null);
        expect(back).toEqual(textsOf(expected, column.name));
        continue;
      }
      const theirs = matrixOf(expected, [column.name]).flat();
      expect(given[at]!.map((value) => (Number.isNaN(value) ? null : value))).toEqual(
        theirs.map((value) => (value === null ? null : (expect.closeTo(value, 5) as unknown))),
      );
    }
  },
);

test("a text outside of a dictionary without a place for others is missing; hashes of texts become a table", async () => {
  const fitted = fitTransform(featureHasher({ columns, nFeatures: 8 }), TRAIN);
  const dictionaries = { city: ["Bonn", "Köln", "Ulm"], colour: ["red", "blue", "green", "pink"] };
  const g = graphBuilder("hashes");
  const [hashed] = fitted.lower(g, graphInputs(g, fitted.inputs, { strings: "codes", dictionaries }));
  g.output("hashed", hashed!.value);
  const [given] = await runTexts(writeOnnx(textInputs(g.build(), dictionaries)));
  const known = frame([
    texts("city", ["Bonn", null, null, null, "Köln", null]),
    texts("colour", ["red", "red", "pink", "green", null, "blue"]),
  ]);
  expect(given).toEqual(matrixOf(fitted.transform(known)).flat());
});

test("texts themselves, and inputs that are no codes, are refused with what to do instead", () => {
  const fitted = fitTransform(oneHotEncoder({ columns }), TRAIN);
  const g = graphBuilder("texts");
  expect(() => fitted.lower(g, graphInputs(g, fitted.inputs))).toThrow(/textInputs.*RUNTIME_UNSUPPORTED/);
  g.output("out", g.input("x", "float32", ["N", 1]));
  expect(() => textInputs(g.build(), { x: ["a"] })).toThrow(/input "x".*int64.*float32.*GRAPH_ILLEGAL/);
  expect(() => textInputs(g.build(), { y: ["a"] })).toThrow(/input "y".*none; there are/);
});
