import { graphBuilder, interpret, type OnnxModel } from "@tideline/graph";
import { writeLitert } from "@tideline/graph/litert";
import { seededRandom } from "@tideline/learn";
import { expect, test } from "vitest";
import { complaints, runLitert } from "./litert/node-litert.ts";

/** Features of windows of 4 channels: picked, put in units, turned, cut, laid beside each other; and a layer of the same. */
function features(): OnnxModel {
  const g = graphBuilder("features");
  const x = g.input("x", "float32", ["N", 32, 4]);
  const picked = g.op("Gather", [x, g.ints([3, 0])], { axis: 2 });
  const size = g.op("ReduceL2", [picked, g.ints([2])], { keepdims: 1 });
  const first = g.op("Gather", [x, g.op("Squeeze", [g.ints([1])])], { axis: 2 });
  const joined = g.op("Concat", [x, size], { axis: 2 });
  const units = g.constant(
    Float32Array.from({ length: 5 }, (_, at) => at + 0.5),
    [5],
  );
  const turned = g.op("Transpose", [g.op("Div", [joined, units])], { perm: [0, 2, 1] });
  const part = (from: number, to: number) =>
    g.op("Slice", [turned, g.ints([from]), g.ints([to]), g.ints([2])]);
  const change = g.op("Sub", [part(1, 32), part(0, 31)]);
  const shift = g.scalar(1e-6);
  const spread = [change, turned].map((value) =>
    g.op("Log", [
      g.op("Add", [g.op("ReduceMean", [g.op("Abs", [value]), g.ints([2])], { keepdims: 0 }), shift]),
    ]),
  );
  const weights = g.constant(
    Float32Array.from({ length: 3 * 5 * 3 }, (_, at) => Math.sin(at)),
    [3, 5, 3],
  );
  const layer = g.op("Conv", [turned, weights], { pads: [1, 1], strides: [2] });
  const largest = [layer, turned].map((value) => g.op("ReduceMax", [value, g.ints([2])], { keepdims: 0 }));
  g.output("y", g.op("Concat", [...largest, ...spread, first], { axis: 1 }));
  return g.build();
}

test("features of windows that lie turned are those of the interpreter", async () => {
  const model = features();
  const written = writeLitert(model);
  if (!written.ok) throw new Error(JSON.stringify(written.reasons));
  const random = seededRandom(5);
  const rows = [1, 2, 3].map(() => ({
    x: { dims: [1, 32, 4], values: Float32Array.from({ length: 128 }, () => random.normal()) },
  }));
  const answers = await runLitert(written.bytes, rows);
  const right = rows.map((row) => interpret(model, row)["y"]!.values);
  for (const [at, values] of right.entries())
    for (const [place, value] of values.entries()) expect(answers[at]!["y"]![place]).toBeCloseTo(value, 5);
  expect(written.report.operators.find(({ op }) => op === "LOG")?.count).toBe(1);
  expect(written.report.operators.find(({ op }) => op === "TRANSPOSE")?.count).toBe(2);
  expect(complaints).toEqual([]);
});
