import { describe, expect, test } from "vitest";
import type { CoremlDescription } from "./description.ts";
import { encodeCoreml, labelField, type CoremlFeatureType } from "./index.ts";

const DESCRIPTION: CoremlDescription = {
  inputs: [{ name: "x", type: { kind: "double" } }],
  outputs: [
    { name: "classLabel", type: { kind: "string" } },
    { name: "classProbability", type: { kind: "dictionary", key: "string" } },
  ],
  predictedFeature: "classLabel",
  predictedProbabilities: "classProbability",
};

const encoded = (description: Partial<CoremlDescription> = {}, specificationVersion = 1): Uint8Array =>
  encodeCoreml({
    specificationVersion,
    form: "glmClassifier",
    description: { ...DESCRIPTION, ...description },
    body: [labelField(["no", "yes"])],
  });

const withType = (type: CoremlFeatureType, version: number) => () =>
  encoded({ inputs: [{ name: "x", type }] }, version);

/** Field 200 and above take two bytes of tag; the numbers are those of Model.proto. */
describe("the envelope of a Core ML model", () => {
  test("is the bytes of Model.proto, in the order of their fields", () => {
    const hex = Buffer.from(
      encodeCoreml({
        specificationVersion: 1,
        form: "glmClassifier",
        description: { inputs: [], outputs: [DESCRIPTION.outputs[0]!], predictedFeature: "classLabel" },
        body: [labelField(["no", "yes"])],
      }),
    ).toString("hex");
    const name = Buffer.from("classLabel").toString("hex");
    const feature = `0a0a${name}1a021a00`;
    const description = `5210${feature}5a0a${name}`;
    const labels = `a206090a026e6f0a03796573`;
    expect(hex).toBe(`080112${(description.length / 2).toString(16)}${description}82190c${labels}`);
  });

  test.each([
    ["a name twice", { inputs: [...DESCRIPTION.inputs, ...DESCRIPTION.inputs] }, "x"],
    ["an input that is an output", { inputs: DESCRIPTION.outputs }, "classLabel"],
    ["a name without a letter", { inputs: [{ name: "", type: { kind: "double" } as const }] }, "name"],
    ["no output", { outputs: [] }, "at least one"],
    ["a label that is no output", { predictedFeature: "label" }, "label"],
    ["probabilities that are no dictionary", { predictedProbabilities: "classLabel" }, "dictionary"],
  ])("refuses %s", (_, description, message) => {
    expect(() => encoded(description)).toThrow(message);
  });

  test("says which version knows a type", () => {
    const array = { kind: "array", elementType: "float32", shape: [1, 9] } as const;
    const flexible = {
      ...array,
      ranges: [
        { lower: 1, upper: -1 },
        { lower: 9, upper: 9 },
      ],
    };
    expect(withType(array, 1)).not.toThrow();
    expect(withType(flexible, 1)).toThrow("version 3");
    expect(withType(flexible, 3)).not.toThrow();
    expect(withType({ ...array, elementType: "float16" }, 6)).toThrow("version 7");
    expect(withType({ ...array, optional: true, defaultValue: 0 }, 4)).toThrow("version 5");
  });

  test("refuses shapes that disagree with their ranges", () => {
    const array = { kind: "array", elementType: "float32", shape: [4] } as const;
    expect(withType({ ...array, ranges: [{ lower: 5, upper: -1 }] }, 3)).toThrow("axis 0");
    expect(withType({ ...array, ranges: [] }, 3)).toThrow("1 ranges");
    expect(withType({ ...array, shapes: [[5]] }, 3)).toThrow("its own shape");
    expect(withType({ ...array, shape: [0] }, 3)).toThrow("from 1 on");
  });
});
