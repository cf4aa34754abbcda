import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isTidelineError } from "@tideline/spec";
import * as fc from "fast-check";
import * as ort from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { graphBuilder } from "./builder.ts";
import { checkModel } from "./check.ts";
import type { OnnxModel } from "./onnx.ts";
import { readOnnx } from "./onnx-read.ts";
import { writeOnnx } from "./onnx-write.ts";
import {
  bytesField,
  floatField,
  intField,
  joinWire,
  messageField,
  textField,
  type Wire,
} from "./testing/wire.ts";

/** A model with several operators, attributes of several types, constants of several types, and metadata. */
function exampleModel(): OnnxModel {
  const g = graphBuilder("activity");
  const x = g.input("window", "float32", ["N", 4, 3]);
  const flat = g.op("Reshape", [x, g.ints([0, -1])]);
  const weights = g.constant(
    Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)),
    [2, 12],
  );
  const scores = g.op("Gemm", [flat, weights, g.constant(Float32Array.of(0.5, -0.5))], {
    transB: 1,
    alpha: 0.5,
  });
  g.output("label", g.op("ArgMax", [scores], { axis: 1, keepdims: 0 }));
  g.output("probabilities", g.op("Softmax", [g.op("Clip", [scores, undefined, g.scalar(3)])]));
  g.output("turned", g.op("Transpose", [x], { perm: [0, 2, 1] }));
  return g.build({ metadata: { "tideline.classes": "sit,walk", author: "Zoë \u{1F30A}" } });
}

const bytes = writeOnnx(exampleModel());

describe("writing and reading", () => {
  test("gives the model back, and the same bytes from it", () => {
    expect(readOnnx(bytes)).toEqual(exampleModel());
    expect(writeOnnx(readOnnx(bytes))).toEqual(bytes);
  });

  test("gives equal bytes for equal calls, whatever the order of the metadata", () => {
    const model = exampleModel();
    const turned = Object.fromEntries(Object.entries(model.metadata).toReversed());
    expect(writeOnnx({ ...model, metadata: turned })).toEqual(bytes);
  });

  test("keeps every attribute type, element type and text", () => {
    const values = [
      { elementType: "float32", values: Float32Array.of(1.5, -0, Number.POSITIVE_INFINITY) },
      { elementType: "float64", values: Float64Array.of(0.1, 2, 3) },
      { elementType: "int8", values: Int8Array.of(-128, 0, 127) },
      { elementType: "uint8", values: Uint8Array.of(0, 1, 255) },
      { elementType: "int32", values: Int32Array.of(-(2 ** 31), 0, 1) },
      { elementType: "int64", values: BigInt64Array.of(-(2n ** 63n), 0n, 2n ** 63n - 1n) },
      { elementType: "bool", values: Uint8Array.of(0, 1, 1) },
    ] as const;
    const initializers = values.map((value, index) => ({ name: `c${index}`, dims: [3], ...value }));
    const text = fc.string({ unit: "grapheme" });
    fc.assert(
      fc.property(
        text,
        text,
        fc.maxSafeInteger(),
        fc.array(fc.float({ noNaN: true })),
        (name, value, int, floats) => {
          const model: OnnxModel = {
            ...exampleModel(),
            graph: {
              name,
              inputs: [{ name, elementType: "int8", dims: [0, "", value] }],
              outputs: [],
              initializers,
              nodes: [
                {
                  name,
                  op: "Anything",
                  domain: value,
                  inputs: ["", name],
                  outputs: [value],
                  attributes: {
                    a: { type: "int", value: int },
                    b: { type: "ints", value: [int, -int, 0] },
                    c: { type: "floats", value: floats },
                    d: { type: "float", value: floats[0] ?? 0 },
                    e: { type: "string", value },
                    f: { type: "strings", value: [name, "", value] },
                    g: { type: "tensor", value: initializers[1]! },
                  },
                },
              ],
            },
            metadata: { [name]: value },
          };
          expect(readOnnx(writeOnnx(model))).toEqual(model);
        },
      ),
      { numRuns: 100, seed: 1 },
    );
  });
});

/** A model by hand, with one node and one constant, to say things that our writer never says. */
function handMade(tensor: Wire, node: Wire = [], model: Wire = []): Uint8Array {
  const graph = [...messageField(1, [...textField(4, "Identity"), ...node]), ...messageField(5, tensor)];
  return joinWire([...intField(1, 8), ...messageField(7, graph), ...model]);
}

/** Several numbers in one length-delimited field. */
const packed = (field: number, values: Uint8Array) => bytesField(field, values);

describe("files of other writers", () => {
  const dims = intField(1, 2);
  test.each<[string, Wire, ArrayLike<number | bigint>]>([
    [
      "float_data, packed",
      [...intField(2, 1), ...packed(4, new Uint8Array(Float32Array.of(1, 2).buffer))],
      [1, 2],
    ],
    ["float_data, single", [...intField(2, 1), ...floatField(4, 1), ...floatField(4, 2)], [1, 2]],
    ["int64_data, packed", [...intField(2, 7), ...packed(7, Uint8Array.of(3, 4))], [3n, 4n]],
    ["int64_data, single", [...intField(2, 7), ...intField(7, -3), ...intField(7, 4)], [-3n, 4n]],
    ["int32_data as bool", [...intField(2, 9), ...packed(5, Uint8Array.of(1, 0))], [1, 0]],
    ["int32_data, negative", [...intField(2, 6), ...intField(5, -7), ...intField(5, 4)], [-7, 4]],
    [
      "double_data",
      [...intField(2, 11), ...packed(10, new Uint8Array(Float64Array.of(0.1, 2).buffer))],
      [0.1, 2],
    ],
  ])("%s", (_, content, expected) => {
    const { graph } = readOnnx(handMade([...dims, ...content]));
    expect(Array.from<number | bigint>(graph.initializers[0]!.values)).toEqual(Array.from(expected));
  });

  test("keeps fields that it does not know, of every wire type", () => {
    const unknown = [
      ...intField(900, 5),
      ...floatField(901, 1),
      ...textField(902, "x"),
      ...messageField(903, dims),
    ];
    const tensor = [...unknown, ...intField(2, 6), ...unknown, ...intField(1, 0)];
    const model = readOnnx(handMade(tensor, unknown, unknown));
    expect(model.graph.nodes[0]!.op).toBe("Identity");
    expect(model.rest!.unknown).toEqual(joinWire(unknown));
    expect(model.graph.initializers[0]!.rest!.unknown).toEqual(joinWire([...unknown, ...unknown]));
    expect(readOnnx(writeOnnx(model))).toEqual(model);
  });

  test("refuses values in another file that it is not given as unsupported", () => {
    const entry = messageField(13, [...textField(1, "location"), ...textField(2, "weights.bin")]);
    const file = handMade([...dims, ...intField(2, 1), ...entry, ...intField(14, 1)]);
    expect(() => readOnnx(file)).toThrow(/weights.bin.*MODEL_UNSUPPORTED/);
  });
});

describe("damaged files", () => {
  test.each<[string, Uint8Array, RegExp]>([
    ["an empty file", new Uint8Array(), /ModelProto.*a graph/],
    ["a field that does not end", Uint8Array.of(0x3a, 0x05, 0x01), /5 more bytes, received 1/],
    ["a varint that does not end", Uint8Array.of(0x08, 0xff), /varint/],
    ["a group", Uint8Array.of(0x0b), /wire type/],
    ["field number 0", Uint8Array.of(0x00, 0x00), /field number/],
    ["text that is not UTF-8", Uint8Array.of(0x12, 0x01, 0xff), /UTF-8/],
    [
      "a tensor that is too short",
      handMade([...intField(1, 3), ...intField(2, 1), ...bytesField(9, new Uint8Array(8))]),
      /dims \[3\], received 2 values/,
    ],
    ["a negative length", handMade([...intField(1, -1), ...intField(2, 1)]), /received \[-1\]/],
  ])("%s", (_, file, message) => {
    expect(() => readOnnx(file)).toThrow(message);
    expect(() => readOnnx(file)).toThrow(/MODEL_MALFORMED/);
  });

  test("thousands of cut, flipped and spliced files give a model or an error of the project", () => {
    const damage = fc.oneof(
      fc.nat(bytes.length).map((end) => bytes.slice(0, end)),
      fc
        .array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 })), {
          minLength: 1,
          maxLength: 4,
        })
        .map((flips) => {
          const copy = bytes.slice();
          for (const [at, mask] of flips) copy[at]! ^= mask;
          return copy;
        }),
      fc
        .tuple(fc.nat(bytes.length), fc.nat(bytes.length), fc.uint8Array({ maxLength: 12 }))
        .map(([from, to, extra]) => Uint8Array.from([...bytes.slice(0, from), ...extra, ...bytes.slice(to)])),
    );
    const seen = { read: 0, refused: 0 };
    fc.assert(
      fc.property(damage, (file) => {
        try {
          checkModel(readOnnx(file));
          seen.read += 1;
        } catch (error) {
          if (!isTidelineError(error)) throw error;
          seen.refused += 1;
        }
      }),
      { numRuns: 4000, seed: 3 },
    );
    expect(seen.refused).toBeGreaterThan(1000);
  });
});

describe("real consumers", () => {
  test("onnxruntime loads the file and names its ends", async () => {
    const session = await ort.InferenceSession.create(bytes);
    expect(session.inputNames).toEqual(["window"]);
    expect(session.outputNames).toEqual(["label", "probabilities", "turned"]);
  });

  const python = spawnSync("python3", ["-c", "import onnx"]).status === 0;
  const required = process.env["TIDELINE_REQUIRE"]?.split(",").includes("python") ?? false;
  test.skipIf(!python && !required)("Python's onnx.checker accepts the file (needs the package onnx)", () => {
    const folder = mkdtempSync(join(tmpdir(), "tideline-onnx-"));
    try {
      writeFileSync(join(folder, "model.onnx"), bytes);
      const program = "import onnx, sys; onnx.checker.check_model(onnx.load(sys.argv[1]), full_check=True)";
      execFileSync("python3", ["-c", program, join(folder, "model.onnx")]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
