import { expect, test } from "vitest";
import { graphBuilder } from "../../builder.ts";
import { interpret } from "../../interpret.ts";
import { channelMap } from "./channel-group.ts";
import { taylorImportance } from "./channel-importance.ts";
import { pruneChannels } from "./prune-channels.ts";
import { pruneWeights } from "./prune-weights.ts";

/** Six hidden units of rising weight, the last of which nobody hears. */
function net() {
  const g = graphBuilder("net");
  const x = g.input("x", "float32", ["N", 2]);
  const first = g.initializer("first", Float32Array.of(1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6), [6, 2]);
  const bias = g.initializer("bias", Float32Array.of(1, 2, 3, 4, 5, 6));
  const hidden = g.op("Relu", [g.op("Gemm", [x, first, bias], { transB: 1 })]);
  const last = g.initializer("last", Float32Array.of(1, 1, 1, 1, 1, 0), [6, 1]);
  g.output("y", g.op("Gemm", [hidden, last]));
  return g.build();
}

test("the channels of the largest weights stay, in their order", () => {
  const { model, layers, parameters } = pruneChannels(net(), { share: 0.5 });
  expect(layers).toEqual([{ name: "Gemm_1", before: 6, after: 3 }]);
  expect(parameters).toEqual({ before: 24, after: 12 });
  const first = model.graph.initializers.find(({ name }) => name === "first")!;
  expect([...first.values]).toEqual([4, 4, 5, 5, 6, 6]);
  const { y } = interpret(model, { x: { dims: [1, 2], values: [1, 1] } });
  expect([...y!.values]).toEqual([8 + 4 + (10 + 5)]);
});

test("importance by the gradient sees what nobody hears", () => {
  const model = net();
  const { groups } = channelMap(model);
  // Of the sum of the outputs at (1, 1): what nobody hears has none.
  const gradients = new Map([
    ["first", Float32Array.of(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0)],
    ["bias", Float32Array.of(1, 1, 1, 1, 1, 0)],
  ]);
  const importance = taylorImportance(model, groups, gradients);
  expect([...importance]).toEqual([3, 6, 9, 12, 15, 0]);
  const kept = pruneChannels(model, { share: 0.5, importance: () => importance });
  expect([...kept.model.graph.initializers[0]!.values]).toEqual([3, 3, 4, 4, 5, 5]);
});

test("widths: a multiple, a whole layer, all of the graph", () => {
  const after = (options: object) =>
    pruneChannels(net(), { share: 0.5, ...options }).layers.map((one) => one.after);
  expect(after({ multiple: 4 })).toEqual([4]);
  expect(after({ share: 0.01 })).toEqual([1]);
  expect(after({ share: 1 })).toEqual([6]);
  expect(after({ multiple: 8 })).toEqual([6]);
  expect(after({ exclude: ["Gemm_1"] })).toEqual([]);
  expect(after({ scope: "graph" })).toEqual([3]);
});

test("many small steps come to where a large one does, also of layers of one name", () => {
  const g = graphBuilder("pair");
  const numbers = (dims: readonly [number, number]) =>
    g.constant(
      Float32Array.from({ length: dims[0] * dims[1] }, (_, at) => Math.sin(at + 1)),
      dims,
    );
  const made = g.op("Gemm", [g.input("x", "float32", ["N", 2]), numbers([2, 10])]);
  const [left, right] = g.ops("Split", [made, g.ints([4, 6])], { axis: 1 });
  const [one, two] = [g.op("Gemm", [left!, numbers([4, 2])]), g.op("Gemm", [right!, numbers([6, 2])])];
  g.output("y", g.op("Add", [one, two]));
  const whole = g.build();
  for (const scope of ["layer", "graph"] as const) {
    let now = pruneChannels(whole, { share: 0.5 ** (1 / 8), scope });
    for (let step = 2; step <= 8; step++)
      now = pruneChannels(now.model, { share: 0.5 ** (step / 8), scope, since: now.layers });
    expect(now.layers.map(({ before }) => before)).toEqual([4, 6]);
    expect(now.layers.reduce((sum, { after }) => sum + after, 0)).toBe(5);
  }
});

test("options of no sense are refused", () => {
  expect(() => pruneChannels(net(), { share: 0 })).toThrow(/share: expected a number/);
  expect(() => pruneChannels(net(), { share: NaN })).toThrow(/share/);
  expect(() => pruneChannels(net(), { share: 0.5, exclude: ["none"] })).toThrow(
    /exclude: expected some of Gemm_1/,
  );
  expect(() => pruneChannels(net(), { share: 0.5, importance: () => new Float64Array(2) })).toThrow(
    /6 groups/,
  );
  expect(() => pruneWeights(net(), { sparsity: 1 })).toThrow(/sparsity/);
  expect(() => pruneWeights(net(), { pattern: { keep: 5, of: 4 } })).toThrow(/5 of 4/);
  const { graph, ...rest } = net();
  const broken = graph.initializers.map((one) =>
    one.name === "last" ? { ...one, values: new Float32Array(6).fill(NaN) } : one,
  );
  expect(() =>
    pruneWeights({ ...rest, graph: { ...graph, initializers: broken } }, { sparsity: 0.9 }),
  ).toThrow(/weights "last": expected finite numbers/);
});

test("weights: a share of all, a share of each, a pattern along the inputs", () => {
  const zeros = (options: Parameters<typeof pruneWeights>[1]) =>
    pruneWeights(net(), options)
      .model.graph.initializers.filter(({ name }) => name !== "bias")
      .map(({ values }) => [...(values as Float32Array)].map((value) => (value === 0 ? 0 : 1)).join(""));
  expect(zeros({ sparsity: 0.5 })).toEqual(["001011111111", "000000"]);
  expect(zeros({ sparsity: 0.5, scope: "layer" })).toEqual(["000000111111", "111000"]);
  expect(zeros({ pattern: { keep: 1, of: 2 } })).toEqual(["101010101010", "101010"]);
  // Runs of four fill no row of two; of the six inputs of the last layer four make a run.
  expect(zeros({ pattern: { keep: 2, of: 4 } })).toEqual(["111111111111", "110010"]);
  expect(zeros({ sparsity: 0.9, exclude: ["first"] })).toEqual(["111111111111", "100000"]);
});
