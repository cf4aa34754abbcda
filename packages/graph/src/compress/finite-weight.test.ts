import { expect, test } from "vitest";
import { graphBuilder } from "../builder.ts";
import type { OnnxModel } from "../onnx.ts";
import { mixedPrecision } from "./mixed.ts";
import { quantiseWeights } from "./quantise-weights.ts";
import { quantise } from "./quantise.ts";
import { accuracyScore } from "./score.ts";
import { normals, ort, rowsOf } from "./testing/small-net.ts";

const rows = rowsOf(100, [8], 4);

/** Two layers behind a look-up, with a number somewhere. */
function net(at: "weight" | "bias" | "norm" | "table", value: number): OnnxModel {
  const g = graphBuilder("net");
  const numbers = (seed: number, count: number, own: boolean): Float32Array =>
    own ? normals(seed, count).with(3, value) : normals(seed, count);
  const x = g.input("x", "float32", ["N", 8]);
  const first = [
    g.initializer("kernel", numbers(1, 128, at === "weight"), [8, 16]),
    g.initializer("shift", numbers(2, 16, at === "bias"), [16]),
  ];
  const scale = g.constant(numbers(3, 16, at === "norm"), [16]);
  const ones = g.constant(new Float32Array(16).fill(1));
  const sums = g.op("BatchNormalization", [g.op("Gemm", [x, ...first]), scale, ones, ones, ones]);
  const rowsOfTable = g.op("Gather", [g.constant(numbers(4, 64, at === "table"), [4, 16]), g.ints([1])], {
    axis: 0,
  });
  const hidden = g.op("Relu", [g.op("Add", [sums, rowsOfTable])]);
  g.output("probabilities", g.op("Softmax", [g.op("MatMul", [hidden, g.constant(normals(5, 64), [16, 4])])]));
  return g.build();
}

test.each([
  ["weight", Number.NaN, "NaN"],
  ["weight", Infinity, "Infinity"],
  ["bias", Number.NaN, "NaN"],
  ["norm", Number.NaN, "NaN"],
] as const)("a %s that is %d is refused by name, whatever rounds it", async (at, value, received) => {
  const model = net(at, value);
  const calibration = { runtime: ort, rows };
  const trial = { runtime: ort, rows, score: accuracyScore("probabilities", [0, 1, 2, 3]) };
  const refused = {
    code: "MODEL_UNSUPPORTED",
    message: expect.stringMatching(
      new RegExp(`layer ".+": .*weights ".+".*finite numbers.*the first ${received}`, "u"),
    ),
  };
  await expect(quantise(model, { calibration })).rejects.toMatchObject(refused);
  for (const bits of [16, 8, 4] as const)
    await expect(quantiseWeights(model, { bits })).rejects.toMatchObject(refused);
  await expect(mixedPrecision(model, { calibration, trial })).rejects.toMatchObject(refused);
});

test("rows of a table may be missing: the table stays as it is", async () => {
  const { layers } = await quantiseWeights(net("table", Number.NaN), { bits: 8 });
  expect(layers.map(({ precision }) => precision)).toEqual(["int8-weights", "int8-weights"]);
});
