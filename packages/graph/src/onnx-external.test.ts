import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as ort from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { graphBuilder } from "./builder.ts";
import { checkModel } from "./check.ts";
import type { Metadata, OnnxModel } from "./onnx.ts";
import { readOnnx } from "./onnx-read.ts";
import { writeOnnx } from "./onnx-write.ts";
import { sha1 } from "./sha1.ts";

function model(): OnnxModel {
  const g = graphBuilder("split");
  const x = g.input("x", "float32", ["N", 64]);
  const weights = g.constant(
    Float32Array.from({ length: 4096 }, (_, at) => Math.sin(at)),
    [64, 64],
  );
  const bias = g.constant(Float32Array.from({ length: 64 }, (_, at) => Math.cos(at)));
  g.output("y", g.op("Add", [g.op("MatMul", [x, weights]), bias]));
  return g.build();
}

const split = writeOnnx(model(), { external: { location: "weights.bin" } });
const at = (external: Uint8Array) => ({ external: () => external });

/** The split model, its large tensor said to be elsewhere. */
function elsewhere(change: Metadata): Uint8Array {
  const kept = readOnnx(split.model, { external: "keep" });
  const initializers = kept.graph.initializers.map((tensor) =>
    tensor.external === undefined ? tensor : { ...tensor, external: { ...tensor.external, ...change } },
  );
  return writeOnnx({ ...kept, graph: { ...kept.graph, initializers } });
}

describe("tensors beside the file", () => {
  test("come back; small ones stay in the file", () => {
    expect(split.external.length).toBe(4 * 4096);
    expect(split.model.length).toBeLessThan(1000);
    expect(readOnnx(split.model, at(split.external))).toEqual(model());
  });

  test("are references where asked for, which are written back and not computed on", () => {
    const kept = readOnnx(split.model, { external: "keep" });
    expect(kept.graph.initializers[0]!.external).toEqual({
      location: "weights.bin",
      offset: "0",
      length: "16384",
    });
    expect(writeOnnx(kept)).toEqual(split.model);
    expect(() => checkModel(kept)).toThrow(/values.*MODEL_UNSUPPORTED/);
  });

  test.each([
    "../w",
    "a/../../w",
    "/etc/passwd",
    "C:\\w",
    "..\\w",
    "\\\\host\\w",
    "file:w",
    "",
    "a/",
    "a\0b",
    ".",
  ])("location %j is refused", (location) => {
    const asked: string[] = [];
    const external = (name: string) => (asked.push(name), split.external);
    expect(() => readOnnx(elsewhere({ location }), { external })).toThrow(/MODEL_MALFORMED/);
    expect(asked).toEqual([]);
    expect(() => writeOnnx(model(), { external: { location } })).toThrow(/MODEL_MALFORMED/);
  });

  test.each<[string, Metadata, RegExp]>([
    ["an offset behind the end", { offset: "16" }, /a file of 16384 bytes/],
    ["an offset that is no count", { offset: "-1" }, /offset as a count/],
    ["a length that lies", { length: "16380" }, /16384 bytes of values/],
    ["a checksum of other bytes", { checksum: "0".repeat(40) }, /SHA-1/],
  ])("%s is refused", (_, change, message) => {
    expect(() => readOnnx(elsewhere(change), at(split.external))).toThrow(message);
    expect(() => readOnnx(elsewhere(change), at(split.external))).toThrow(/MODEL_MALFORMED/);
  });

  test("a right checksum is accepted", () => {
    const checksum = createHash("sha1").update(split.external).digest("hex");
    expect(readOnnx(elsewhere({ checksum }), at(split.external))).toEqual(model());
  });

  test("onnxruntime finds them", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tideline-external-"));
    try {
      writeFileSync(join(folder, "model.onnx"), split.model);
      writeFileSync(join(folder, "weights.bin"), split.external);
      const x = new ort.Tensor(
        "float32",
        Float32Array.from({ length: 64 }, (_, at) => Math.sin(at)),
        [1, 64],
      );
      const run = async (session: ort.InferenceSession) => (await session.run({ x }))["y"]!.data;
      const whole = await run(await ort.InferenceSession.create(writeOnnx(model())));
      expect(await run(await ort.InferenceSession.create(join(folder, "model.onnx")))).toEqual(whole);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test("SHA-1 agrees with Node's at every length around a block's end", () => {
  const bytes = Uint8Array.from({ length: 200 }, (_, index) => (index * 37) % 256);
  for (let length = 0; length <= bytes.length; length += 1) {
    const part = bytes.subarray(0, length);
    expect(sha1(part)).toBe(createHash("sha1").update(part).digest("hex"));
  }
});

test("a file that kept tensors live in is not written over", () => {
  const kept = readOnnx(split.model, { external: "keep" });
  for (const location of ["weights.bin", "./weights.bin"])
    expect(() => writeOnnx(kept, { external: { location } })).toThrow(/ARGUMENT_INVALID/);
  expect(writeOnnx(kept, { external: { location: "more.bin" } }).external.length).toBe(0);
});
