import * as ort from "onnxruntime-node";
import { expect, test } from "vitest";
import { graphBuilder } from "../builder.ts";
import { writeOnnx } from "../onnx-write.ts";
import { ortRuntime } from "./ort-runtime.ts";
import { referenceRuntime } from "./reference-runtime.ts";

const onnxruntime = ortRuntime({
  name: "onnxruntime-node",
  ort: async () => ort,
  providers: () => ["cpu"],
  session: ({ threads, provider }) => ({ executionProviders: [provider], intraOpNumThreads: threads }),
});

function negation(input: string): Uint8Array {
  const g = graphBuilder("negation");
  g.output("y", g.op("Neg", [g.input(input, "float32", ["N"])]));
  return writeOnnx(g.build());
}

test.each([referenceRuntime, onnxruntime])("$name names what is no tensor", async (runtime) => {
  const graph = await runtime.load(negation("x"));
  for (const x of [null, { dims: [1] }, { values: Float32Array.of(1) }, { dims: [1], values: [1] }])
    await expect(graph.run({ x: x as never }, ["y"])).rejects.toMatchObject({
      code: "ARGUMENT_INVALID",
      parts: { field: "x", expected: expect.stringContaining("typed array") },
    });
  expect(await graph.run({ x: { dims: [1], values: Float32Array.of(1) } }, [])).toEqual({});
  await graph.release();
});

test.each([referenceRuntime, onnxruntime])("$name takes an input of any name", async (runtime) => {
  const graph = await runtime.load(negation("__proto__"));
  const given = Object.fromEntries([["__proto__", { dims: [1], values: Float32Array.of(1) }]]);
  expect((await graph.run(given, ["y"]))["y"]!.values).toEqual(Float32Array.of(-1));
  await graph.release();
});

test("the reference refuses an integer that it would give rounded", async () => {
  const g = graphBuilder("square");
  const x = g.input("x", "int64", [1]);
  g.output("y", g.op("Mul", [x, x]));
  const graph = await referenceRuntime.load(writeOnnx(g.build()));
  const run = (value: bigint) => graph.run({ x: { dims: [1], values: BigInt64Array.of(value) } }, ["y"]);
  await expect(run(94906267n)).rejects.toMatchObject({ code: "RUNTIME_UNSUPPORTED" });
  expect((await run(3n))["y"]!.values).toEqual(BigInt64Array.of(9n));
});
