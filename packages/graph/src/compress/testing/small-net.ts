import { graphBuilder, type GraphBuilder } from "../../builder.ts";
import type { OnnxModel, OnnxTensor } from "../../onnx.ts";
import { ortRuntime } from "../../runtime/ort-runtime.ts";
import type { GraphRuntime } from "../../runtime/graph-runtime.ts";
import type { Value } from "../../value.ts";
import type { Rows } from "../calibrate/run-row.ts";

/** ONNX Runtime, silent. */
export const ort: GraphRuntime = ortRuntime({
  name: "onnxruntime-node",
  ort: async () => {
    const module = await import("onnxruntime-node");
    module.env.logLevel = "fatal";
    return module;
  },
  providers: () => ["cpu"],
  session: ({ threads, provider }) => ({
    executionProviders: [provider],
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
  }),
});

/** Standard normal numbers from a seed: mulberry32 by T. Ettinger (public domain). */
export function normals(seed: number, count: number, spread = 1): Float32Array {
  let state = seed;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  return Float32Array.from(
    { length: count },
    () => spread * Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
}

/** Weights of a size that keeps numbers about 1. */
export function weights(g: GraphBuilder, seed: number, dims: readonly number[], fan: number): Value {
  const count = dims.reduce((product, length) => product * length, 1);
  return g.initializer(`w${seed}`, normals(seed, count, Math.sqrt(1 / fan)), dims);
}

/** Windows of 32 steps of 4 channels: two convolutions with norms and a pool, a mean over time, five classes. */
export function windowNet(): OnnxModel {
  const g = graphBuilder("windows");
  const x = g.input("x", "float32", ["N", 4, 32]);
  let h: Value = x;
  for (const [at, [from, to]] of [
    [4, 24],
    [24, 32],
  ].entries()) {
    const seed = 10 * at;
    h = g.op("Conv", [h, weights(g, seed + 1, [to!, from!, 5], 2 * from!), weights(g, seed + 2, [to!], 9)], {
      pads: [2, 2],
    });
    const ones = g.constant(new Float32Array(to!).fill(1.5));
    h = g.op("BatchNormalization", [
      h,
      ones,
      weights(g, seed + 3, [to!], 4),
      weights(g, seed + 4, [to!], 4),
      ones,
    ]);
    h = g.op("MaxPool", [g.op("Relu", [h])], { kernel_shape: [2], strides: [2] });
  }
  const flat = g.op("Flatten", [h]);
  const hidden = g.op("Relu", [
    g.op("Gemm", [flat, weights(g, 31, [256, 40], 128), weights(g, 32, [40], 9)]),
  ]);
  const logits = g.op("Gemm", [hidden, weights(g, 33, [5, 40], 20), weights(g, 34, [5], 9)], { transB: 1 });
  g.output("probabilities", g.op("Softmax", [logits], { axis: -1 }));
  return g.build();
}

/** Batches of rows for an input `x` of so many numbers a row. */
export function rowsOf(seed: number, dims: readonly number[], batches = 4, batch = 32): readonly Rows[] {
  const width = dims.reduce((product, length) => product * length, 1);
  return Array.from({ length: batches }, (_, at) => ({
    x: { dims: [batch, ...dims], values: normals(seed + at, batch * width) },
  }));
}

/** The net of windows with one channel of its first convolution so many times as large, which the next one makes up for. */
export function collapsingNet(times: number): OnnxModel {
  const net = windowNet();
  const scaled = (name: string, factor: (at: number) => number): OnnxTensor => {
    const tensor = net.graph.initializers.find((one) => one.name === name)!;
    const values = (tensor.values as Float32Array).map((value, at) => value * factor(at));
    return { ...tensor, values };
  };
  // Channel 0 of [24, 4, 5], of its norm's scale and offset, and of [32, 24, 5].
  const scale = net.graph.nodes.find(({ op }) => op === "BatchNormalization")!.inputs[1]!;
  const own = { ...net.graph.initializers.find(({ name }) => name === scale)!, name: "large" };
  const changed = new Map([
    ["w3", scaled("w3", (at) => (at === 0 ? times : 1))],
    ["w11", scaled("w11", (at) => (Math.floor(at / 5) % 24 === 0 ? 1 / times : 1))],
  ]);
  const large = {
    ...own,
    values: (own.values as Float32Array).map((value, at) => (at === 0 ? value * times : value)),
  };
  const first = net.graph.nodes.find(({ op }) => op === "BatchNormalization");
  const nodes = net.graph.nodes.map((node) =>
    node === first ? { ...node, inputs: node.inputs.with(1, "large") } : node,
  );
  const initializers = [...net.graph.initializers.map((one) => changed.get(one.name) ?? one), large];
  return { ...net, graph: { ...net.graph, nodes, initializers } };
}
