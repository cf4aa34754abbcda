import { describe, expect, test } from "vitest";
import { readOnnx } from "./onnx-read.ts";
import { writeOnnx } from "./onnx-write.ts";
import { checkModel } from "./check.ts";
import { fullModel } from "./testing/full-model.ts";
import { compareWithPython, hasPython } from "./testing/compare-python.ts";
import { damaged, seededRandom } from "./testing/damage.ts";
import { readDamaged } from "./testing/read-damaged.ts";
import { seedModels } from "./testing/seed-model.ts";
import {
  bytesField,
  floatField,
  intField,
  joinWire,
  messageField,
  textField,
  type Wire,
} from "./testing/wire.ts";

const bytes = writeOnnx(fullModel());

/** A model with one tensor by hand. */
function withTensor(tensor: Wire): Uint8Array {
  return joinWire(messageField(7, messageField(5, tensor)));
}

describe("a model with everything", () => {
  test("comes back equal, and so do its bytes", () => {
    const model = readOnnx(bytes, { external: "keep" });
    expect(model).toEqual(fullModel());
    expect(writeOnnx(model)).toEqual(bytes);
  });

  test("is refused by the check, which says what it does not compute on", () => {
    expect(() => checkModel(readOnnx(bytes, { external: "keep" }))).toThrow(/unshaped.*MODEL_UNSUPPORTED/);
  });

  test("what was changed is written, whatever stood there before", () => {
    const { graph, ...model } = readOnnx(bytes, { external: "keep" });
    const [first, ...others] = graph.inputs.toReversed();
    const changed = { ...first!, name: "typed", elementType: "int64" as const, dims: [2] };
    const again = readOnnx(writeOnnx({ ...model, graph: { ...graph, inputs: [...others, changed] } }), {
      external: "keep",
    });
    expect(again.graph.inputs.at(-1)).toEqual({ name: "typed", elementType: "int64", dims: [2] });
  });
});

describe("numbers one at a time", () => {
  test("runs of single numbers, packed ones and both", () => {
    const singles = [1, 2, 3].flatMap((number) => floatField(4, number));
    const packed = bytesField(4, new Uint8Array(Float32Array.of(4, 5).buffer));
    const file = withTensor([
      ...intField(1, 6),
      ...intField(2, 1),
      ...singles,
      ...packed,
      ...floatField(4, 6),
    ]);
    expect(readOnnx(file).graph.initializers[0]!.values).toEqual(Float32Array.of(1, 2, 3, 4, 5, 6));
  });

  test("half precision and unsigned integers", () => {
    const half = withTensor([...intField(1, 1), ...intField(2, 10), ...intField(5, 0x3e00)]);
    expect(readOnnx(half).graph.initializers[0]!.values).toEqual(Float16Array.of(1.5));
    const wide = withTensor([...intField(1, 1), ...intField(2, 13), ...intField(11, -1)]);
    expect(readOnnx(wide).graph.initializers[0]!.values).toEqual(BigUint64Array.of(2n ** 64n - 1n));
  });
});

describe("hostile files", () => {
  /** A message in a message in a message. */
  function deep(levels: number): Uint8Array {
    let type: Wire = [];
    for (let level = 0; level < levels; level += 1) type = [joinWire(messageField(4, messageField(1, type)))];
    return joinWire(messageField(7, messageField(11, messageField(2, type))));
  }

  test("nesting ends where protobuf ends it", () => {
    expect(readOnnx(deep(40)).graph.inputs).toHaveLength(1);
    expect(() => readOnnx(deep(5000))).toThrow(/at most 100 messages in one another.*MODEL_MALFORMED/);
  });

  test("lengths whose product is beyond any memory", () => {
    const dims = Array.from({ length: 40 }, () => intField(1, 2 ** 40)).flat();
    const raw = [...intField(2, 1), ...bytesField(9, new Uint8Array(4))];
    expect(() => readOnnx(withTensor([...dims, ...raw]))).toThrow(/product is within 2\^53.*MODEL_MALFORMED/);
    expect(() => readOnnx(withTensor([...intField(1, 2 ** 40), ...raw]))).toThrow(
      /received 1 values.*MODEL_MALFORMED/,
    );
  });

  test("files of more messages than memory should hold", () => {
    const nodes = Uint8Array.from({ length: 2002 }, (_, at) => (at % 2 === 0 ? 0x0a : 0));
    const file = joinWire(bytesField(7, nodes));
    expect(readOnnx(file).graph.nodes).toHaveLength(1001);
    expect(() => readOnnx(file, { messages: 1000 })).toThrow(/at most 1000 messages.*MODEL_MALFORMED/);
  });

  test("an error quotes no more than a line of a long name", () => {
    const file = withTensor([...textField(8, "n".repeat(100_000)), ...intField(1, 3), ...intField(2, 1)]);
    expect(() => readOnnx(file)).toThrow(/^.{0,400}$/);
  });

  test("thousands of damaged files are read and written alike, or refused with an error of the project", () => {
    const seeds = seedModels();
    const counts: Record<string, number> = {};
    for (let seed = 1; seed <= 3000; seed += 1) {
      const code = readDamaged(damaged(seeds, seededRandom(seed)), seed % 4 === 0);
      counts[code] = (counts[code] ?? 0) + 1;
    }
    expect(counts["read"]).toBeGreaterThan(100);
    expect(counts["MODEL_MALFORMED"]).toBeGreaterThan(1000);
  });
});

const required = process.env["TIDELINE_REQUIRE"]?.split(",").includes("python") ?? false;

describe("Python's onnx", () => {
  test.skipIf(!hasPython && !required)(
    "finds nothing lost of its own test models and of one with everything (needs the package onnx)",
    () => {
      const { equal, different } = compareWithPython({ "full.onnx": bytes }, "files");
      expect(different).toEqual([]);
      expect(equal).toBeGreaterThan(100);
    },
  );
});
