import { isTidelineError } from "@tideline/spec";
import { describe, expect, test } from "vitest";
import { runtimeConformance } from "./conformance.ts";
import type { GraphRuntime, LoadedGraph } from "./graph-runtime.ts";
import { onnxruntimeNode } from "./onnxruntime-node.ts";
import { onnxruntimeWeb } from "./onnxruntime-web.ts";
import { workerRuntime } from "./runtime-worker.ts";
import { tableRuntime } from "./table-runtime.ts";
import { sampleModel, sampleOracle, sampleWindows } from "./testing/sample-model.ts";

const bytes = sampleModel();
const values = sampleWindows(5);
const tensor = { dims: [5, 128, 9], values };
const checks = runtimeConformance({
  bytes,
  input: "window",
  output: "probabilities",
  tensor,
  expected: sampleOracle(bytes, values),
  tolerance: 1e-6,
});

describe.each<GraphRuntime>([
  onnxruntimeNode,
  onnxruntimeWeb,
  tableRuntime,
  workerRuntime("onnxruntime-node"),
])("$name", (runtime) => {
  for (const check of checks) test(check.name, () => check.run(runtime));
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
            { dims, values: values.map((value) => value + 1e-5) },
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
    answers.push((await graph.run({ window: tensor }, ["probabilities"]))["probabilities"]!.values);
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
