import { expect, test } from "vitest";
import { graphBuilder } from "../builder.ts";
import { interpret } from "../interpret.ts";
import { readOnnx } from "../onnx-read.ts";
import { writeOnnx } from "../onnx-write.ts";
import { optimise } from "../optimise/optimise.ts";
import { resultsOf } from "./calibrate/run-row.ts";
import { quantiseWeights } from "./quantise-weights.ts";
import { outputError } from "./score.ts";
import { normals, ort, rowsOf, weights, windowNet } from "./testing/small-net.ts";

const calibration = { runtime: ort, rows: rowsOf(100, [4, 32], 2) };
const held = rowsOf(200, [4, 32], 4);
const reference = await resultsOf(ort, windowNet(), held);
const errorOf = async (options: Parameters<typeof quantiseWeights>[1]): Promise<number> => {
  const { model } = await quantiseWeights(windowNet(), options);
  return outputError(reference, await resultsOf(ort, readOnnx(writeOnnx(model)), held));
};

test.each([
  [16, 1e-6, 0.56],
  [8, 1e-3, 0.36],
  [4, 0.2, 0.28],
] as const)("weights of %i bits move the answers little and take fewer bytes", async (bits, most, share) => {
  const { model, layers } = await quantiseWeights(windowNet(), { bits });
  expect(await errorOf({ bits })).toBeLessThan(most);
  expect(writeOnnx(model).length).toBeLessThan(share * writeOnnx(windowNet()).length);
  expect(layers).toHaveLength(4);
});

test("compensated rounding moves the answers less than rounding to the nearest", async () => {
  expect(await errorOf({ bits: 4, calibration })).toBeLessThan(0.6 * (await errorOf({ bits: 4 })));
});

test("numbers of four bits mean the same to the interpreter, and stay when the graph is optimised", async () => {
  const { model } = await quantiseWeights(windowNet(), { bits: 4, block: 16 });
  const [row] = rowsOf(300, [4, 32], 1, 2);
  const [result] = await resultsOf(ort, model, [row!]);
  const { values } = interpret(model, row!)["probabilities"]!;
  for (const [at, value] of values.entries())
    expect(value).toBeCloseTo(Number(result!["probabilities"]!.values[at]), 5);
  const { model: again } = optimise(model, { probes: [row!] });
  expect(again.graph.initializers.filter(({ elementType }) => elementType === "int4")).toHaveLength(4);
});

test("tables of embeddings and recurrent layers are stored narrow", async () => {
  const g = graphBuilder("tokens");
  const ids = g.input("x", "int64", ["N", 6]);
  const rows = g.op("Gather", [weights(g, 1, [50, 16], 1), ids]);
  const steps = g.op("Transpose", [rows], { perm: [1, 0, 2] });
  const [, last] = g.ops("GRU", [steps, weights(g, 2, [1, 36, 16], 16), weights(g, 3, [1, 36, 12], 12)], {
    hidden_size: 12,
  });
  g.output("y", g.op("MatMul", [g.op("Squeeze", [last!, g.ints([0])]), weights(g, 4, [12, 3], 12)]));
  const net = g.build();
  const values = normals(5, 24).map((value) => Math.floor(Math.abs(value * 20)) % 50);
  const feed = [{ x: { dims: [4, 6], values } }];
  const before = await resultsOf(ort, net, feed);
  for (const bits of [16, 8, 4] as const) {
    const { model, layers } = await quantiseWeights(net, { bits });
    expect(layers.map(({ name }) => name)).toEqual(["Gather_1", "GRU_1/input", "GRU_1/state", "MatMul_1"]);
    expect(layers.every(({ bytes, bytesBefore }) => bytes <= 0.55 * bytesBefore)).toBe(true);
    expect(outputError(before, await resultsOf(ort, model, feed))).toBeLessThan(
      { 16: 1e-6, 8: 1e-3, 4: 0.1 }[bits],
    );
  }
});

test("bits that are none are refused by name", async () => {
  const wrong = quantiseWeights(windowNet(), { bits: 5 as never });
  await expect(wrong).rejects.toThrow(/quantiseWeights: bits: expected 16, 8 or 4, received 5/);
});
