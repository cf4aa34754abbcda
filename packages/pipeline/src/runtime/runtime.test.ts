import {
  float32Values,
  graphBuilder,
  readOnnx,
  referenceRuntime,
  writeOnnx,
  type GraphRuntime,
  type LoadedGraph,
} from "@tideline/graph";
import { quantiseWeights } from "@tideline/graph/compress";
import { writeLitert, type LitertOptions } from "@tideline/graph/litert";
import { elementTypeConformance, runtimeConformance } from "@tideline/graph/testing";
import { isTidelineError } from "@tideline/spec";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { litertRuntime, openLitert } from "./litert.ts";
import { onnxruntimeNode } from "./onnxruntime-node.ts";
import { onnxruntimeWeb } from "./onnxruntime-web.ts";
import { workerRuntime } from "./runtime-worker.ts";
import { tableRuntime } from "./table-runtime.ts";
import { sampleModel, sampleOracle, sampleWindows } from "./testing/sample-model.ts";

const bytes = sampleModel();
const values = sampleWindows(5);
const tensor = { dims: [5, 128, 9], values };
const expectation = {
  input: "window",
  output: "probabilities",
  tensor,
  expected: sampleOracle(bytes, values),
  tolerance: 1e-6,
};
const checks = runtimeConformance({ bytes, ...expectation });

/** The sample model as a LiteRT file. */
function litertBytes(options: LitertOptions = {}): Uint8Array {
  const result = writeLitert(readOnnx(bytes), options);
  if (!result.ok) throw new Error(JSON.stringify(result.reasons));
  return result.bytes;
}

describe.each<GraphRuntime>([
  onnxruntimeNode,
  onnxruntimeWeb,
  referenceRuntime,
  tableRuntime,
  workerRuntime("onnxruntime-node"),
])("$name", (runtime) => {
  for (const check of checks) test(check.name, () => check.run(runtime));
  // A graph that is held all the while keeps a worker's thread alive from one check to the next.
  let held: LoadedGraph;
  beforeAll(async () => {
    held = await runtime.load(bytes);
  });
  afterAll(() => held.release());
  // A table takes windows of float32 and nothing else.
  if (runtime === tableRuntime) return;
  for (const check of elementTypeConformance()) test(check.name, () => check.run(runtime));
});

test("weights of four bits mean the same to every runtime: none rounds a layer's input with them", async () => {
  const g = graphBuilder("narrow");
  const number = (at: number): number => ((at * 37) % 101) / 50 - 1;
  const x = g.input("x", "float32", ["N", 64]);
  const weight = g.constant(
    Float32Array.from({ length: 64 * 32 }, (_, at) => number(at)),
    [64, 32],
  );
  g.output(
    "y",
    g.op("Gemm", [
      x,
      weight,
      g.constant(
        Float32Array.from({ length: 32 }, (_, at) => number(at)),
        [32],
      ),
    ]),
  );
  const { model } = await quantiseWeights(g.build(), { bits: 4 });
  expect(model.graph.initializers.map(({ elementType }) => elementType)).toContain("int4");
  const feed = {
    x: { dims: [9, 64], values: Float32Array.from({ length: 9 * 64 }, (_, at) => number(at + 5)) },
  };
  const answers = await Promise.all(
    [referenceRuntime, onnxruntimeNode, onnxruntimeWeb, tableRuntime].map(async (runtime) => {
      const graph = await runtime.load(writeOnnx(model));
      const { values } = (await graph.run(feed, ["y"]))["y"]!;
      await graph.release();
      return Array.from(values, Number);
    }),
  );
  const [wanted, ...others] = answers;
  expect(Math.max(...wanted!.map(Math.abs))).toBeGreaterThan(1);
  for (const own of others)
    expect(Math.max(...own.map((value, at) => Math.abs(value - wanted![at]!)))).toBeLessThan(1e-5);
});

describe("litert", () => {
  const own = runtimeConformance({ bytes: litertBytes(), ...expectation });
  for (const check of own) test(check.name, () => check.run(litertRuntime));
  // A thread for each check would take a second each.
  const right = own.find(({ name }) => name.startsWith("gives what"))!;
  test(`in a worker, ${right.name}`, () => right.run(workerRuntime("litert")));
});

test("LiteRT leaves no globals, and takes rows that agree in number and ends that it can carry", async () => {
  const before = Object.getOwnPropertyNames(globalThis);
  const graph = await openLitert(litertBytes());
  expect(Object.getOwnPropertyNames(globalThis)).toEqual(before);
  expect(graph.inputs[0]).toEqual({ name: "window", elementType: "float32", dims: ["N", 128, 9] });
  const empty = await graph.run({ window: { dims: [0, 128, 9], values: new Float32Array() } }, ["features"]);
  expect(empty["features"]!.dims).toEqual([0, 18]);
  await graph.release();
  await expect(openLitert(litertBytes({ openBatch: true }))).rejects.toMatchObject({
    code: "MODEL_UNSUPPORTED",
    parts: { field: "window" },
  });

  const g = graphBuilder("two");
  const x = g.input("x", "float32", ["N", 2]);
  g.output("sum", g.op("Add", [x, g.input("y", "float32", ["N", 2])]));
  g.output("more", g.op("Greater", [x, g.scalar(0)]));
  const bool = writeLitert(g.build());
  await expect(openLitert(bool.ok ? bool.bytes : bytes)).rejects.toMatchObject({ code: "MODEL_UNSUPPORTED" });
  const whole = graphBuilder("sum");
  const left = whole.input("x", "float32", ["N", 2]);
  whole.output("sum", whole.op("Add", [left, whole.input("y", "float32", ["N", 2])]));
  const sum = writeLitert(whole.build());
  const added = await openLitert(sum.ok ? sum.bytes : bytes);
  const of = (rows: number) => ({ dims: [rows, 2], values: new Float32Array(2 * rows).fill(rows) });
  expect((await added.run({ x: of(2), y: of(2) }, ["sum"]))["sum"]).toEqual({
    dims: [2, 2],
    values: Float32Array.of(4, 4, 4, 4),
  });
  await expect(added.run({ x: of(2), y: of(3) }, ["sum"])).rejects.toMatchObject({
    code: "ARGUMENT_INVALID",
  });
  await added.release();
});

describe("conformance can fail", () => {
  /** onnxruntime-node with one thing done wrong. */
  const faulty = (change: (graph: LoadedGraph) => Partial<LoadedGraph>): GraphRuntime => ({
    name: "faulty",
    load: async (given, options) => {
      const graph = await onnxruntimeNode.load(given, options);
      return { ...graph, ...change(graph) };
    },
  });
  const failed = async (runtime: GraphRuntime): Promise<string[]> => {
    const names: string[] = [];
    for (const check of checks) await check.run(runtime).catch(() => names.push(check.name));
    return names;
  };

  test("on values that are off by more than the tolerance", async () => {
    const off = faulty((graph) => ({
      run: async (inputs, outputs) => {
        const results = await graph.run(inputs, outputs);
        return Object.fromEntries(
          Object.entries(results).map(([name, { dims, values }]) => [
            name,
            { dims, values: (values as Float32Array).map((value) => value + 1e-5) },
          ]),
        );
      },
    }));
    expect(await failed(off)).toContain("gives what the oracle gives");
  });

  test("on an input that is written to", async () => {
    const own = { dims: tensor.dims, values: values.slice() };
    const spoilt = runtimeConformance({
      bytes,
      input: "window",
      output: "probabilities",
      tensor: own,
      expected: sampleOracle(bytes, values),
      tolerance: 1e-6,
    }).find(({ name }) => name.startsWith("leaves its inputs"))!;
    const writer = faulty((graph) => ({
      run: async (inputs, outputs) => {
        const results = await graph.run(inputs, outputs);
        own.values[0]! += 1;
        return results;
      },
    }));
    await expect(spoilt.run(writer)).rejects.toThrow("inputs unchanged");
  });

  test("on a graph that runs after its release", async () => {
    expect(await failed(faulty(() => ({ release: async () => {} })))).toEqual([
      "holds two graphs at once, and refuses to run a released one",
    ]);
  });
});

test("two runtimes give the same bits on one thread each time, and close values to each other", async () => {
  const answers = [];
  for (const runtime of [onnxruntimeNode, onnxruntimeNode, onnxruntimeWeb]) {
    const graph = await runtime.load(bytes);
    answers.push(float32Values(await graph.run({ window: tensor }, ["probabilities"]), "probabilities"));
    await graph.release();
  }
  expect(answers[1]).toEqual(answers[0]);
  for (const [index, value] of answers[0]!.entries()) expect(answers[2]![index]).toBeCloseTo(value, 5);
});

test("the wasm runtime refuses more than one thread, and every runtime a senseless number", async () => {
  const code = (runtime: GraphRuntime, threads: number): Promise<unknown> =>
    runtime.load(bytes, { threads }).then(
      () => undefined,
      (error: unknown) => isTidelineError(error) && error.code,
    );
  expect(await code(onnxruntimeWeb, 2)).toBe("RUNTIME_UNSUPPORTED");
  expect(await code(onnxruntimeNode, 0)).toBe("ARGUMENT_INVALID");
  expect(await code(workerRuntime("onnxruntime-web"), 2)).toBe("RUNTIME_UNSUPPORTED");
});

test.each([onnxruntimeNode, onnxruntimeWeb, workerRuntime("onnxruntime-node")])(
  "$name says which providers there are when it cannot have one",
  async (runtime) => {
    const load = runtime.load(bytes, { provider: process.platform === "darwin" ? "dml" : "coreml" });
    const error: unknown = await load.catch((caught: unknown) => caught);
    expect(isTidelineError(error, "RUNTIME_UNSUPPORTED") && error.parts).toMatchObject({
      field: "provider",
      expected: expect.stringContaining("cpu"),
    });
  },
);

test("onnxruntime-web says where there is no WebGPU", async () => {
  const error: unknown = await onnxruntimeWeb.load(bytes, { provider: "webgpu" }).catch((caught) => caught);
  expect(isTidelineError(error, "RUNTIME_UNSUPPORTED") && error.parts).toMatchObject({
    field: "provider",
    expected: "cpu",
    received: "webgpu",
  });
});

test("a provider of the package whose device or library is missing is refused, not replaced", async () => {
  const load = onnxruntimeNode.load(bytes, { provider: "tensorrt" });
  const result: unknown = await load.catch((caught: unknown) => caught);
  if (!isTidelineError(result)) return (result as LoadedGraph).release();
  expect(result).toMatchObject({ code: "RUNTIME_UNSUPPORTED", parts: { received: "tensorrt" } });
});

test("bytes that are no model are no fault of the provider that is there", async () => {
  const load = onnxruntimeNode.load(Uint8Array.of(1, 2, 3), { provider: "cpu" });
  await expect(load).rejects.toMatchObject({ code: "MODEL_MALFORMED" });
});

test("the reference refuses an int64 that double precision cannot hold", async () => {
  const g = graphBuilder("wide");
  g.output("y", g.op("Identity", [g.input("x", "int64", [1])]));
  const graph = await referenceRuntime.load(writeOnnx(g.build()));
  const x = { dims: [1], values: BigInt64Array.of(2n ** 53n + 1n) };
  await expect(graph.run({ x }, ["y"])).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
});

test("an input whose memory was given away is named, and keeps no thread waiting", async () => {
  const graph = await workerRuntime("onnxruntime-node").load(bytes);
  const values = new Float32Array(2);
  structuredClone(values, { transfer: [values.buffer] });
  const [input] = graph.inputs;
  const run = graph.run({ [input!.name]: { dims: [0], values } }, [graph.outputs[0]!.name]);
  await expect(run).rejects.toMatchObject({ code: "ARGUMENT_INVALID" });
  await graph.release();
});

test("a run in the worker leaves the event loop free", async () => {
  const graph = await workerRuntime("onnxruntime-node").load(bytes);
  const rows = 2000;
  const big = { dims: [rows, 128, 9], values: sampleWindows(rows) };
  let running = true;
  let turns = 0;
  const turn = (): void => {
    turns += 1;
    if (running) setImmediate(turn);
  };
  const runs = Promise.all([1, 2, 3].map(() => graph.run({ window: big }, ["probabilities"])));
  setImmediate(turn);
  await runs;
  running = false;
  await graph.release();
  expect(turns).toBeGreaterThan(10);
});
