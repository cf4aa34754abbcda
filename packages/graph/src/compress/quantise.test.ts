import { expect, test } from "vitest";
import { interpret } from "../interpret.ts";
import { readOnnx } from "../onnx-read.ts";
import { writeOnnx } from "../onnx-write.ts";
import { resultsOf } from "./calibrate/run-row.ts";
import { quantise } from "./quantise.ts";
import { ort, rowsOf, windowNet } from "./testing/small-net.ts";

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
