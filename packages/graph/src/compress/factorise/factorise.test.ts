import * as fc from "fast-check";
import { expect, test } from "vitest";
import { graphBuilder } from "../../builder.ts";
import { checkModel } from "../../check.ts";
import { interpret } from "../../interpret.ts";
import { elementCount } from "../../onnx.ts";
import { factorise } from "./factorise.ts";
import { singularValues } from "./singular-value.ts";

const number = fc.double({ min: -100, max: 100, noNaN: true });

test("a matrix is the sum of its parts, which are orthogonal, largest first", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 7 }),
      fc.integer({ min: 1, max: 7 }),
      fc.infiniteStream(number),
      (rows, columns, stream) => {
        const matrix = Float64Array.from({ length: rows * columns }, () => stream.next().value);
        const { values, left, right } = singularValues(matrix, rows, columns);
        expect([...values]).toEqual([...values].toSorted((a, b) => b - a));
        const largest = Math.max(1e-300, values[0]!);
        for (let row = 0; row < rows; row++)
          for (let column = 0; column < columns; column++) {
            let sum = 0;
            for (const [part, value] of values.entries())
              sum += value * left[part * rows + row]! * right[part * columns + column]!;
            expect(Math.abs(sum - matrix[row * columns + column]!) / largest).toBeLessThan(1e-12);
          }
        for (const [list, length] of [
          [left, rows],
          [right, columns],
        ] as const)
          for (let p = 0; p < values.length; p++)
            for (let q = 0; q <= p; q++) {
              if (values[q]! < 1e-9 * largest || values[p]! < 1e-9 * largest) continue;
              let dot = 0;
              for (let at = 0; at < length; at++) dot += list[p * length + at]! * list[q * length + at]!;
              expect(Math.abs(dot - (p === q ? 1 : 0))).toBeLessThan(1e-6);
            }
      },
    ),
    { numRuns: 25 },
  );
});

/** Numbers of a seed. */
function numbers(seed: number, dims: readonly number[]): Float32Array {
  let state = seed * 7919 + 17;
  return Float32Array.from(
    { length: elementCount(dims) },
    () => (state = (state * 48271) % 2147483647) / 2147483647 - 0.5,
  );
}

/** A convolution of rank 2 and three dense layers of full rank, said in three ways. */
function net() {
  const g = graphBuilder("net");
  const constant = (seed: number, dims: readonly number[]) =>
    g.initializer(`w${seed}`, numbers(seed, dims), dims);
  const low = new Float32Array(12 * 18);
  const [a, b] = [numbers(8, [12, 2]), numbers(9, [2, 18])];
  for (let at = 0; at < low.length; at++)
    for (let part = 0; part < 2; part++)
      low[at]! += a[2 * Math.floor(at / 18) + part]! * b[18 * part + (at % 18)]!;
  const x = g.input("x", "float32", ["N", 6, 9]);
  const conv = g.op("Conv", [x, g.initializer("low", low, [12, 6, 3]), constant(1, [12])], {
    pads: [1, 1],
    strides: [2],
  });
  const flat = g.op("Flatten", [conv]);
  const one = g.op("Gemm", [flat, constant(2, [20, 60]), constant(3, [20])], { transB: 1 });
  const two = g.op("Gemm", [one, constant(4, [20, 16])]);
  g.output("y", g.op("MatMul", [two, constant(5, [16, 10])]));
  return g.build();
}
const feed = { x: { dims: [3, 6, 9], values: numbers(30, [3, 6, 9]) } };

test("what has a low rank loses nothing; what would not get smaller stays", () => {
  const model = net();
  const { model: lower, layers } = factorise(model, { energy: 1 - 1e-9 });
  checkModel(lower);
  expect(layers.map(({ rank, full }) => [rank, full])).toEqual([
    [2, 12],
    [undefined, 20],
    [undefined, 16],
    [undefined, 10],
  ]);
  expect(layers[0]!.weights).toEqual({ before: 216, after: 60 });
  const [before, after] = [model, lower].map((one) => interpret(one, feed)["y"]!.values);
  for (const [at, value] of before!.entries()) expect(after![at]).toBeCloseTo(value, 5);
  expect(lower.graph.initializers.some(({ name }) => name === "low")).toBe(false);
});

/** How far a model's answers are from another's, as a share of their squares. */
function apart(model: ReturnType<typeof net>, other: ReturnType<typeof net>): number {
  const [before, after] = [model, other].map((one) => interpret(one, feed)["y"]!.values);
  const error = before!.reduce((sum, value, at) => sum + (value - after![at]!) ** 2, 0);
  return error / before!.reduce((sum, value) => sum + value ** 2, 0);
}

test("a budget is kept", () => {
  const model = net();
  const { model: lower, layers } = factorise(model, { budget: 0.6 });
  checkModel(lower);
  const sum = (of: "before" | "after") => layers.reduce((so, { weights }) => so + weights[of], 0);
  expect(sum("after")).toBeLessThanOrEqual(0.6 * sum("before"));
  expect(sum("after")).toBeGreaterThan(0.5 * sum("before"));
  expect(apart(model, lower)).toBeLessThan(0.5);
  const stated = lower.graph.initializers.filter(({ dims }) => dims.length > 1);
  expect(stated.reduce((so, { values }) => so + values.length, 0)).toBe(sum("after"));
});

test("each kind of layer is cut, and says about the same", () => {
  const { model: lower, layers } = factorise(net(), { energy: 0.75 });
  expect(layers.every(({ rank, full }) => rank !== undefined && rank < full)).toBe(true);
  expect(layers.every(({ energy }) => energy >= 0.75 && energy < 1)).toBe(true);
  expect(apart(net(), lower)).toBeLessThan(0.8);
});

test("layers that share weights share their factors", () => {
  const g = graphBuilder("shared");
  const w = g.initializer("w", numbers(1, [12, 12]), [12, 12]);
  const hidden = g.op("Relu", [g.op("Gemm", [g.input("x", "float32", ["N", 12]), w])]);
  g.output("y", g.op("Gemm", [hidden, w]));
  const { model } = factorise(g.build(), { energy: 0.2 });
  expect(model.graph.nodes.filter(({ op }) => op === "Gemm")).toHaveLength(4);
  expect(model.graph.initializers).toHaveLength(2);
});

test("options of no sense are refused; layers that are named stay", () => {
  expect(() => factorise(net(), { energy: 0 })).toThrow(/energy/);
  expect(() => factorise(net(), { budget: 0.001 })).toThrow(/rank 1/);
  expect(() => factorise(net(), { energy: 0.9, exclude: ["none"] })).toThrow(/exclude/);
  const { layers } = factorise(net(), { energy: 0.5, exclude: ["Gemm_1"] });
  expect(layers.map(({ name }) => name)).toEqual(["Conv_1", "Gemm_2", "MatMul_1"]);
});
