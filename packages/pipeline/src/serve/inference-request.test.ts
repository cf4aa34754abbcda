import { anything, assert, property } from "fast-check";
import { isTidelineError } from "@tideline/spec";
import { expect, test } from "vitest";
import { readInferenceRequest, type InferenceShape } from "./inference-request.ts";

const shape: InferenceShape = {
  name: "m",
  input: "window",
  rowDims: [2, 3],
  output: "probabilities",
  outputLength: 4,
};
const flat = [1, 2, 3, 4, 5, 6];
const input = { name: "window", datatype: "FP32", shape: [1, 2, 3], data: flat as unknown };
const read = (body: unknown) => readInferenceRequest(body, shape, 4);

test("flat and nested data are the same rows", () => {
  const nested = {
    ...input,
    data: [
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    ],
  };
  expect(read({ inputs: [input], id: "x", outputs: [{ name: "probabilities" }] })).toEqual({
    id: "x",
    rows: 1,
    values: Float32Array.from(flat),
  });
  expect(read({ inputs: [nested] }).values).toEqual(Float32Array.from(flat));
});

test.each<[string, unknown, string]>([
  ["no object", [], "body"],
  ["null", null, "body"],
  ["no inputs", {}, "inputs"],
  ["two inputs", { inputs: [input, input] }, "inputs"],
  ["another input", { inputs: [{ ...input, name: "other" }] }, "inputs[0].name"],
  ["another type", { inputs: [{ ...input, datatype: "FP64" }] }, "inputs[0].datatype"],
  ["another output", { inputs: [input], outputs: [{ name: "features" }] }, "outputs[0].name"],
  ["a long id", { inputs: [input], id: "x".repeat(129) }, "id"],
  ["no shape", { inputs: [{ ...input, shape: undefined }] }, "inputs[0].shape"],
  ["no rows", { inputs: [{ ...input, shape: [0, 2, 3], data: [] }] }, "inputs[0].shape"],
  ["too many rows", { inputs: [{ ...input, shape: [5, 2, 3] }] }, "inputs[0].shape"],
  ["a huge shape", { inputs: [{ ...input, shape: [1e9, 2, 3], data: [] }] }, "inputs[0].shape"],
  ["half a row", { inputs: [{ ...input, shape: [0.5, 2, 3] }] }, "inputs[0].shape"],
  ["swapped dims", { inputs: [{ ...input, shape: [1, 3, 2] }] }, "inputs[0].shape"],
  ["missing numbers", { inputs: [{ ...input, data: flat.slice(1) }] }, "inputs[0].data"],
  ["data of another kind", { inputs: [{ ...input, data: "AAAA" }] }, "inputs[0].data"],
  [
    "ragged nesting",
    {
      inputs: [
        {
          ...input,
          data: [
            [
              [1, 2, 3],
              [4, 5],
            ],
          ],
        },
      ],
    },
    "inputs[0].data[0][1]",
  ],
  [
    "deeper nesting",
    {
      inputs: [
        {
          ...input,
          data: [
            [
              [[1], 2, 3],
              [4, 5, 6],
            ],
          ],
        },
      ],
    },
    "inputs[0].data[0][0][0]",
  ],
  ["null for a number", { inputs: [{ ...input, data: [1, 2, null, 4, 5, 6] }] }, "inputs[0].data[2]"],
  ["text for a number", { inputs: [{ ...input, data: [1, "NaN", 3, 4, 5, 6] }] }, "inputs[0].data[1]"],
  [
    "an infinite number",
    { inputs: [{ ...input, data: JSON.parse("[1,1e999,3,4,5,6]") as unknown }] },
    "inputs[0].data[1]",
  ],
  ["more than a float32", { inputs: [{ ...input, data: [1, 2, 3, 4, 5, 1e39] }] }, "inputs[0].data[5]"],
])("%s is refused by name", (_, body, field) => {
  expect(() => read(body)).toThrow(`infer: ${field}: expected`);
});

test("whatever comes is read or refused, nothing else", () => {
  assert(
    property(anything({ withNullPrototype: true, withSparseArray: true }), (data) => {
      for (const body of [data, { inputs: data }, { inputs: [data] }, { inputs: [{ ...input, data }] }]) {
        try {
          expect(read(body).values).toHaveLength(6);
        } catch (error) {
          if (!isTidelineError(error, "ARGUMENT_INVALID")) throw error;
        }
      }
    }),
    { numRuns: 300, seed: 2 },
  );
});
