import { describe, expect, test } from "vitest";
import { graphBuilder } from "../builder.ts";
import type { OnnxModel } from "../onnx.ts";
import { writeLitert, type LitertOptions } from "./write-litert.ts";

/** How often each operator of a file stands in it, by name and version. */
function operatorsOf(model: OnnxModel, options: LitertOptions = {}): Readonly<Record<string, number>> {
  const result = writeLitert(model, options);
  if (!result.ok) throw new Error(JSON.stringify(result.reasons));
  return Object.fromEntries(
    result.report.operators.map(({ op, version, count }) => [`${op}:${version}`, count]),
  );
}

/** A dense layer of 64 inputs and outputs whose weights differ in size by channel so many times. */
function dense(times: number): OnnxModel {
  const g = graphBuilder("dense");
  const weights = Float32Array.from({ length: 64 * 64 }, (_, at) =>
    at % 64 === 0 ? Math.sin(at) * times : Math.sin(at),
  );
  g.output("y", g.op("MatMul", [g.input("x", "float32", ["N", 64]), g.constant(weights, [64, 64])]));
  return g.build();
}

describe("a file holds no more than it needs", () => {
  test("changes of shape one behind the other are one, or none", () => {
    const g = graphBuilder("shapes");
    const x = g.input("x", "float32", ["N", 4]);
    const cube = g.op("Reshape", [x, g.ints([-1, 1, 2, 2])]);
    const flat = g.op("Reshape", [cube, g.ints([-1, 4])]);
    const square = g.op("Reshape", [cube, g.ints([-1, 2, 2])]);
    g.output("same", g.op("Relu", [flat]));
    g.output("square", g.op("Abs", [square]));
    expect(operatorsOf(g.build())).toEqual({ "RELU:1": 1, "ABS:1": 1, "RESHAPE:1": 1 });
  });

  test("channels of like size share one scale, which older runtimes read", () => {
    expect(operatorsOf(dense(1), { precision: "dynamic-int8" })).toEqual({ "FULLY_CONNECTED:6": 1 });
    expect(operatorsOf(dense(9), { precision: "dynamic-int8" })).toEqual({ "FULLY_CONNECTED:12": 1 });
  });

  test("what is put together in whole numbers is rounded once", () => {
    const g = graphBuilder("parts");
    const x = g.input("x", "float32", ["N", 4]);
    const weights = (size: number) =>
      g.constant(
        Float32Array.from({ length: 16 }, (_, at) => Math.cos(at) * size),
        [4, 4],
      );
    const joined = g.op("Concat", [g.op("MatMul", [x, weights(1)]), g.op("Log", [x])], { axis: 1 });
    g.output("y", g.op("MatMul", [joined, g.constant(new Float32Array(16).fill(0.5), [8, 2])]));
    const rows = [1, 2, 3].map((size) => ({ x: { dims: [1, 4], values: [size, 1e-6, 2, 1] } }));
    const found = operatorsOf(g.build(), { precision: "int8", calibration: { rows } });
    // The input, the layer's result in the scale of both parts, the logarithm: each once.
    expect(found["QUANTIZE:1"]).toBe(3);
  });
});
