import { expect, test } from "vitest";
import { graphBuilder } from "../builder.ts";
import { interpret } from "../interpret.ts";
import type { OnnxModel } from "../onnx.ts";
import { readOnnx } from "../onnx-read.ts";
import { writeOnnx } from "../onnx-write.ts";
import { equalised } from "./equalise.ts";
import { resultsOf } from "./calibrate/run-row.ts";
import { quantiseWeights } from "./quantise-weights.ts";
import { outputError } from "./score.ts";
import { quantise } from "./quantise.ts";
import { normals, ort, rowsOf, weights, windowNet } from "./testing/small-net.ts";

const rows = rowsOf(100, [4, 32]);
const held = rowsOf(200, [4, 32], 2);
const numbers = async (model: Parameters<typeof resultsOf>[1]): Promise<readonly number[]> =>
  (await resultsOf(ort, model, held)).flatMap(({ probabilities }) => [
    ...(probabilities!.values as Float32Array),
  ]);
const farthest = (one: readonly number[], other: readonly number[]): number =>
  one.reduce((most, value, at) => Math.max(most, Math.abs(value - other[at]!)), 0);

test.each(["range", "percentile", "entropy", "mse"] as const)(
  "a net of whole numbers, calibrated by %s, answers nearly as before in ONNX Runtime",
  async (method) => {
    const { model, layers } = await quantise(windowNet(), {
      calibration: { runtime: ort, rows, method },
      nearest: true,
    });
    expect(layers.map(({ precision }) => precision)).toEqual(["int8", "int8", "int8", "int8"]);
    expect(farthest(await numbers(model), await numbers(windowNet()))).toBeLessThan(0.1);
    expect(writeOnnx(model).length).toBeLessThan(0.4 * writeOnnx(windowNet()).length);
  },
);

test("the interpreter reads the same graph alike", async () => {
  const { model } = await quantise(windowNet(), {
    calibration: { runtime: ort, rows, method: "range" },
    nearest: true,
  });
  const [row] = rowsOf(300, [4, 32], 1, 2);
  const { values } = interpret(readOnnx(writeOnnx(model)), row!)["probabilities"]!;
  const [result] = await resultsOf(ort, model, [row!]);
  expect(farthest([...values], [...(result!["probabilities"]!.values as Float32Array)])).toBeLessThan(0.02);
});

/** Eight numbers a hundredfold, sixteen sums with biases, four results. */
function biased(first: (at: number) => number, last: Float32Array): OnnxModel {
  const g = graphBuilder("biased");
  const wide = g.op("Mul", [g.input("x", "float32", ["N", 8]), g.constant(Float32Array.of(100), [])]);
  const hidden = g.op("Gemm", [
    wide,
    g.constant(
      normals(1, 128).map((value, at) => value * first(at % 16)),
      [8, 16],
    ),
    weights(g, 2, [16], 9),
  ]);
  const back = [weights(g, 3, [16, 4], 1), g.constant(last, [4])];
  g.output("probabilities", g.op("Softmax", [g.op("Gemm", [g.op("Relu", [hidden]), ...back])]));
  return g.build();
}

const eights = rowsOf(400, [8], 3);
const answers = async (model: OnnxModel): Promise<readonly number[]> =>
  (await resultsOf(ort, model, eights)).flatMap(({ probabilities }) => [
    ...(probabilities!.values as Float32Array),
  ]);

test.each([true, false])(
  "biases of channels without weights keep their bits (nearest: %s)",
  async (nearest) => {
    // Nothing but biases reaches the output: their error is all there is.
    const net = biased(() => 0, new Float32Array(4));
    const { model, layers } = await quantise(net, {
      calibration: { runtime: ort, rows: eights, method: "range" },
      nearest,
    });
    expect(layers[0]!.precision).toBe("int8");
    expect(farthest(await answers(model), await answers(net))).toBeLessThan(0.005);
  },
);

/** The net of windows with weights of the first channel of both convolutions times a factor. */
function lopsided(factor: number): OnnxModel {
  const net = windowNet();
  const initializers = net.graph.initializers.map((one) =>
    ["w1", "w11"].includes(one.name)
      ? {
          ...one,
          values: (one.values as Float32Array).map((value, at) => (at < 20 ? value * factor : value)),
        }
      : one,
  );
  return { ...net, graph: { ...net.graph, initializers } };
}

test.each([
  [1e-20, false],
  [1e-20, true],
  [1e-42, true],
  [1e30, false],
])(
  "a channel whose weights are %d times what they were spoils no other (evened out: %s)",
  async (factor, equalise) => {
    const net = lopsided(factor);
    const { model } = await quantise(net, {
      calibration: { runtime: ort, rows, method: "range" },
      nearest: true,
      equalise,
    });
    for (const { name, values } of model.graph.initializers)
      if (name.includes("_scale"))
        for (const scale of values as Float32Array)
          expect([name, scale > 0, scale < Infinity]).toEqual([name, true, true]);
    expect(farthest(await numbers(model), await numbers(net))).toBeLessThan(0.1);
  },
);

test("a class that a bias of minus infinity shuts out stays out", async () => {
  const net = biased(() => 0.01, Float32Array.of(0, -Infinity, 0, 0));
  const { model, layers } = await quantise(net, { calibration: { runtime: ort, rows: eights } });
  expect(layers.map(({ precision }) => precision)).toEqual(["int8", "int8-weights"]);
  const after = await answers(model);
  expect(after.every((value, at) => at % 4 !== 1 || value === 0)).toBe(true);
  expect(farthest(after, await answers(net))).toBeLessThan(0.1);
});

test.each([-Infinity, Number.NaN])(
  "a bias of %d spoils no other channel where they are evened out",
  (odd) => {
    const net = biased(() => 0.01, new Float32Array(4));
    const initializers = net.graph.initializers.map((one) =>
      one.dims.join() === "16" ? { ...one, values: (one.values as Float32Array).with(3, odd) } : one,
    );
    const even = equalised({ ...net, graph: { ...net.graph, initializers } });
    const spoilt = even.graph.initializers.filter(({ values }) =>
      (values as Float32Array).some(
        (value, at) => !Number.isFinite(value) && !(values.length === 16 && at === 3),
      ),
    );
    expect(spoilt.map(({ name }) => name)).toEqual([]);
  },
);

test.each([true, false])(
  "weights that several layers share are stored once (nearest: %s)",
  async (nearest) => {
    const g = graphBuilder("steps");
    const shared = weights(g, 1, [48, 48], 48);
    let h = g.input("x", "float32", ["N", 48]);
    for (let step = 0; step < 6; step++) h = g.op("Tanh", [g.op("MatMul", [h, shared])]);
    g.output("probabilities", g.op("Softmax", [g.op("MatMul", [h, weights(g, 2, [48, 4], 4)])]));
    const net = g.build();
    const calibration = { runtime: ort, rows: rowsOf(400, [48], 4), method: "range" } as const;
    const { model } = await quantise(net, { calibration, nearest });
    const squares = model.graph.initializers.filter(({ dims }) => dims.length === 2 && dims[1] === 48);
    expect(squares.map(({ elementType }) => elementType)).toEqual(["int8"]);
    const { model: four } = await quantiseWeights(net, { bits: 4, ...(nearest ? {} : { calibration }) });
    expect(four.graph.initializers.filter(({ elementType }) => elementType === "int4")).toHaveLength(2);
    const outputs = async (one: OnnxModel) => resultsOf(ort, one, calibration.rows);
    expect(outputError(await outputs(net), await outputs(model))).toBeLessThan(0.01);
    expect(outputError(await outputs(net), await outputs(four))).toBeLessThan(0.5);
  },
);

test("rows that say nothing, or not of every input, are refused by name", async () => {
  const refused = (values: Float32Array, name = "x"): Promise<unknown> =>
    quantise(windowNet(), {
      calibration: { runtime: ort, rows: [{ [name]: { dims: [1, 4, 32], values } }] },
    });
  await expect(refused(new Float32Array(128).fill(NaN))).rejects.toThrow(
    /calibration.rows: expected rows for which ".*" has finite numbers, received none/,
  );
  await expect(refused(new Float32Array(128), "y")).rejects.toThrow(
    /expected input "x" in each batch, received y in 0/,
  );
});
