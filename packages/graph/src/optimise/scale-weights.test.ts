import * as ort from "onnxruntime-node";
import { expect, test } from "vitest";
import { graphBuilder, type GraphBuilder } from "../builder.ts";
import { packNibbles } from "../computable.ts";
import { interpret } from "../interpret.ts";
import type { OnnxModel } from "../onnx.ts";
import { readOnnx } from "../onnx-read.ts";
import { writeOnnx } from "../onnx-write.ts";
import type { Value } from "../value.ts";
import { optimise } from "./optimise.ts";
import { scaleWeights } from "./scale-weights.ts";

const wave = (count: number, turn: number): Float32Array =>
  Float32Array.from({ length: count }, (_, at) => Math.sin(1.7 * at * at + turn));
const whole = (count: number, from: number, to: number): number[] =>
  Array.from(wave(count, 1), (value) => Math.round(from + ((value + 1) / 2) * (to - from)));
const scales = (count: number): Float32Array => wave(count, 2).map((value) => 0.01 + 0.005 * value);

/** Weights as other exporters say them, each by one DequantizeLinear. */
const FORMS: Readonly<Record<string, (g: GraphBuilder, x: Value) => Value>> = {
  "int8, a scale for each output": (g, x) =>
    g.op("MatMul", [
      x,
      g.op("DequantizeLinear", [
        g.constant(Int8Array.from(whole(48 * 32, -127, 127)), [48, 32]),
        g.constant(scales(32)),
      ]),
    ]),
  "uint8, one scale and zero": (g, x) =>
    g.op("Gemm", [
      x,
      g.op("DequantizeLinear", [
        g.constant(Uint8Array.from(whole(48 * 32, 0, 255)), [48, 32]),
        g.scalar(0.01),
        g.constant(Uint8Array.of(131), []),
      ]),
    ]),
  "int8, rows that are outputs": (g, x) =>
    g.op(
      "Gemm",
      [
        x,
        g.op(
          "DequantizeLinear",
          [g.constant(Int8Array.from(whole(48 * 32, -127, 127)), [32, 48]), g.constant(scales(32))],
          { axis: 0 },
        ),
      ],
      { transB: 1 },
    ),
  "uint4, blocks that do not divide the sum, with zeros": (g, x) =>
    g.op("MatMul", [
      x,
      g.op(
        "DequantizeLinear",
        [
          g.initializer("uint4", Uint8Array.from(whole(48 * 32, 0, 15)), [48, 32]),
          g.constant(scales(64), [2, 32]),
          g.initializer("uint4 zeros", Uint8Array.from(whole(64, 5, 10)), [2, 32]),
        ],
        { axis: 0, block_size: 32 },
      ),
    ]),
};

/** The graph with constants of four bits, which a builder has none of, where their name says so. */
function withNibbles(model: OnnxModel): OnnxModel {
  const initializers = model.graph.initializers.map((tensor) =>
    tensor.name.startsWith("uint4")
      ? { ...tensor, elementType: "uint4" as const, values: packNibbles(tensor.values as Uint8Array) }
      : tensor,
  );
  return { ...model, irVersion: 10, graph: { ...model.graph, initializers } };
}

const feed = { x: { dims: [3, 48], values: wave(3 * 48, 3).map((value, at) => value * (1 + (at % 7))) } };

async function runtimeAnswers(model: OnnxModel): Promise<Float32Array> {
  const session = await ort.InferenceSession.create(writeOnnx(model));
  const { y } = await session.run({ x: new ort.Tensor("float32", feed.x.values, feed.x.dims) });
  await session.release();
  return y!.data as Float32Array;
}

const farthest = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((most, value, at) => Math.max(most, Math.abs(value - b[at]!)), 0);

test.each(Object.entries(FORMS))(
  "weights of %s mean the same, and to ONNX Runtime without options, too",
  async (_, form) => {
    const g = graphBuilder("imported");
    g.output("y", form(g, g.input("x", "float32", ["N", 48])));
    const before = readOnnx(writeOnnx(withNibbles(g.build({ opset: 21 }))));
    const { model, passes } = optimise(before);
    expect(passes.find(({ name }) => name === "scale-weights")).toMatchObject({ rewrites: 1, difference: 0 });
    expect(model.graph.nodes.map(({ op }) => op)).not.toContain("DequantizeLinear");
    expect(writeOnnx(model).length).toBeLessThan(writeOnnx(before).length + 1300);
    const wanted = interpret(before, feed)["y"]!.values;
    expect([...interpret(model, feed)["y"]!.values]).toEqual([...wanted]);
    expect(farthest(wanted, await runtimeAnswers(model))).toBeLessThan(2e-5);
    expect(optimise(model).model).toEqual(model);
  },
);

test("ONNX Runtime without options rounds what it multiplies by weights of a DequantizeLinear", async () => {
  const g = graphBuilder("imported");
  g.output("y", FORMS["int8, a scale for each output"]!(g, g.input("x", "float32", ["N", 48])));
  const wanted = interpret(g.build(), feed)["y"]!.values;
  expect(farthest(wanted, await runtimeAnswers(g.build()))).toBeGreaterThan(1e-3);
});

test("weights of integer kernels stay, and so do those that a caller is given", () => {
  const g = graphBuilder("integer");
  const ends = [g.scalar(0.05), g.constant(Uint8Array.of(128), [])];
  const x = g.op("DequantizeLinear", [
    g.op("QuantizeLinear", [g.input("x", "float32", ["N", 48]), ...ends]),
    ...ends,
  ]);
  const weights = (): Value =>
    g.op("DequantizeLinear", [
      g.constant(Int8Array.from(whole(48 * 32, -127, 127)), [48, 32]),
      g.constant(scales(32)),
    ]);
  g.output("y", g.op("MatMul", [x, weights()]));
  g.output("weights", weights());
  expect(scaleWeights.rewrite(g.build()).rewrites).toBe(0);
});
