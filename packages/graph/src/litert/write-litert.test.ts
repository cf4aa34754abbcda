import { describe, expect, test } from "vitest";
import { graphBuilder } from "../builder.ts";
import type { OnnxModel } from "../onnx.ts";
import type { Value } from "../value.ts";
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
function dense(times: number, biased = false): OnnxModel {
  const g = graphBuilder("dense");
  const weights = Float32Array.from({ length: 64 * 64 }, (_, at) =>
    at % 64 === 0 ? Math.sin(at) * times : Math.sin(at),
  );
  const operands = [g.input("x", "float32", ["N", 64]), g.constant(weights, [64, 64])] as const;
  const bias = (): Value => g.constant(new Float32Array(64).fill(0.5));
  g.output("y", biased ? g.op("Gemm", [...operands, bias()]) : g.op("MatMul", operands));
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
    expect(operatorsOf(dense(1, true), { precision: "dynamic-int8" })).toEqual({ "FULLY_CONNECTED:9": 1 });
    const rows = [1, 2, 3].map((seed) => ({
      x: { dims: [1, 64], values: Array.from({ length: 64 }, (_, at) => Math.sin(at * seed)) },
    }));
    const runtime = (times: number): string | undefined => {
      const result = writeLitert(dense(times), { precision: "int8", calibration: { rows } });
      return result.ok ? result.report.runtime : undefined;
    };
    expect([runtime(1), runtime(9)]).toEqual(["1.14.0", "2.17.0"]);
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
    // The input and the logarithm: the layer gives its result in the scale of both parts.
    expect(found["QUANTIZE:1"]).toBe(2);
  });

  test("what is laid beside itself in whole numbers is rounded once", () => {
    const g = graphBuilder("twice");
    const x = g.input("x", "float32", ["N", 4]);
    const weights = (rows: number) => g.constant(new Float32Array(rows * 4).fill(0.5), [rows, 4]);
    const parts = [g.op("MatMul", [x, weights(4)]), x, x];
    g.output("y", g.op("MatMul", [g.op("Concat", parts, { axis: 1 }), weights(12)]));
    const rows = [1, 2, 3].map((size) => ({ x: { dims: [1, 4], values: [size, -1, 2, 1] } }));
    const found = operatorsOf(g.build(), { precision: "int8", calibration: { rows } });
    // The input for the layer, and in the scale of all parts.
    expect(found["QUANTIZE:1"]).toBe(2);
  });

  test("what is laid beside others twice is laid so once, but for more parts than accelerators take", () => {
    const nested = (more: number): number => {
      const g = graphBuilder("nested");
      const x = g.input("x", "float32", ["N", 4]);
      const inner = g.op("Concat", [g.op("Relu", [x]), g.op("Abs", [x])], { axis: 1 });
      const others = Array.from({ length: more }, (_, at) => g.op("Add", [x, g.scalar(at + 1)]));
      g.output("y", g.op("Concat", [inner, ...others], { axis: 1 }));
      return operatorsOf(g.build())["CONCATENATION:1"]!;
    };
    expect([1, 2, 3].map(nested)).toEqual([1, 1, 2]);
  });
});

test.each([
  ["N", "bij,jk->bki", /batch of any size/, /one row/],
  [1, "bii,ik->bk", /diagonal/, /MatMul/],
] as const)("Einstein's sum of %s rows by %s says why it has no file", (batch, equation, reason, instead) => {
  const g = graphBuilder("sum");
  const x = g.input("x", "float32", [batch, 3, 3]);
  g.output("y", g.op("Einsum", [x, g.constant(new Float32Array(6).fill(1), [3, 2])], { equation }));
  const written = writeLitert(g.build());
  expect(written).toMatchObject({
    ok: false,
    reasons: [{ reason: expect.stringMatching(reason), instead: expect.stringMatching(instead) }],
  });
});
