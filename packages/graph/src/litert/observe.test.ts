import { expect, test } from "vitest";
import { bindDims } from "../bind-dims.ts";
import { graphBuilder } from "../builder.ts";
import type { OnnxModel } from "../onnx.ts";
import { inBatches } from "./calibration-batch.ts";
import { observedRanges } from "./observe.ts";

const rows = [1, 2, 3, 4, 5].map((row) => ({
  x: { dims: [1, 3], values: [row, -row * row, 1 / row] },
  y: { dims: [1, 2], values: row === 3 ? [Number.NaN, 7] : [row, 2] },
}));

/** Sums, less what they are in the mean of the rows at once where `mixes`. */
function summing(mixes: boolean): OnnxModel {
  const g = graphBuilder("sums");
  const [x, y] = [g.input("x", "float32", ["N", 3]), g.input("y", "float32", ["N", 2])];
  const sum = g.op("MatMul", [x, g.constant(Float32Array.of(1, 2, 3), [3, 1])]);
  const mean = g.op("ReduceMean", [sum, g.ints([0])]);
  g.output("z", g.op("Concat", [mixes ? g.op("Sub", [sum, mean]) : g.op("Exp", [sum]), y], { axis: 1 }));
  return g.build();
}

test("rows go behind each other where they may, and else one by one", () => {
  const model = summing(false);
  const batches = inBatches(model, rows, 2);
  expect(batches.map((feeds) => feeds["y"]!.dims)).toEqual([
    [2, 2],
    [2, 2],
    [1, 2],
  ]);
  expect(Array.from(batches[1]!["x"]!.values)).toEqual([3, -9, 1 / 3, 4, -16, 1 / 4]);
  expect(inBatches(bindDims(model, { N: 1 }), rows, 2)).toBe(rows);
  expect(inBatches(model, [...rows, { x: rows[0]!.x }] as typeof rows, 2)).toHaveLength(6);
});

test.each([
  ["apart", false],
  ["that are mixed", true],
])("what is seen of rows %s in batches is what each of them shows", (_, mixes) => {
  const model = summing(mixes);
  for (const method of ["range", "entropy"] as const) {
    const [together, apart] = [model, bindDims(model, { N: 1 })].map((one) =>
      observedRanges(one, rows, method),
    );
    expect([...together!.keys()]).toEqual([...apart!.keys()]);
    for (const [name, seen] of apart!) {
      const other = together!.get(name)!;
      expect([other.low, other.high]).toEqual([seen.low, seen.high]);
      expect(other.square).toBeCloseTo(seen.square, 9);
    }
  }
  const { y } = Object.fromEntries(observedRanges(model, rows, "range"));
  expect(y).toEqual({ low: 0, high: 7, square: (1 + 4 + 16 + 25 + 4 * 4 + 49) / 9 });
});
