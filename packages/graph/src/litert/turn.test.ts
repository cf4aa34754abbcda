import { expect, test } from "vitest";
import { graphBuilder } from "../builder.ts";
import type { OnnxModel } from "../onnx.ts";
import { lowerGraph } from "./lower-graph.ts";
import { stretchesOf } from "./stretch.ts";
import { turnsOf } from "./turn.ts";

/** Windows of 6 channels, put in units, and the same with their axes turned as features or layers want them. */
function windows(units: boolean, layer: boolean): OnnxModel {
  const g = graphBuilder("windows");
  const x = g.input("x", "float32", ["N", 64, 6]);
  const row = g.constant(
    Float32Array.from({ length: 6 }, (_, at) => at + 1),
    [6],
  );
  const turned = g.op("Transpose", [units ? g.op("Mul", [x, row]) : x], { perm: [0, 2, 1] });
  const weights = g.constant(
    Float32Array.from({ length: 8 * 6 * 3 }, (_, at) => Math.sin(at)),
    [8, 6, 3],
  );
  const made = layer ? g.op("Conv", [turned, weights]) : turned;
  g.output("y", g.op("ReduceMax", [made, g.ints([2])], { keepdims: 0 }));
  return g.build();
}

const operators = (model: OnnxModel): readonly string[] => {
  const lowered = lowerGraph(model, { wideIntegers: false, lengths: {}, loops: false });
  if ("reasons" in lowered) throw new Error(JSON.stringify(lowered.reasons));
  return lowered.graph.operators.map(({ op }) => op);
};

test("windows lie from the start as features have them, unless that saves nothing", () => {
  expect(operators(windows(true, false))).toEqual(["TRANSPOSE", "MUL", "REDUCE_MAX"]);
  // Layers want channels last, as they came.
  expect(operators(windows(false, true))).not.toContain("TRANSPOSE");
});

test("only what is brought to an order by operators of any order may lie so", () => {
  expect(turnsOf(windows(true, true).graph)).toEqual([[0, 2, 1]]);
  const g = graphBuilder("layer");
  const weights = g.constant(new Float32Array(12).fill(1), [2, 6, 1]);
  const made = g.op("Conv", [g.input("x", "float32", ["N", 6, 8]), weights]);
  g.output("y", g.op("Transpose", [made], { perm: [0, 2, 1] }));
  g.output("z", g.op("Transpose", [g.input("w", "float32", ["N", 2, 3])], { perm: [1, 0, 2] }));
  expect(turnsOf(g.build().graph)).toEqual([]);
});

test.each([
  ["a row of 8 for each of 128", [128, 8], [8], 128],
  ["a number for each row of 128", [8, 128], [8, 1], 8],
  ["as many of both", [8, 128], [8, 128], 1],
  ["one for all", [8, 128], [], 1],
  ["a matrix for each of 4", [4, 8, 16], [8, 16], 4],
  ["a row of 1 in between", [4, 8, 16], [4, 1, 16], 32],
])("%s: %j and %j meet in %i stretches", (_, x, y, count) => {
  const tensor = (dims: readonly number[]) =>
    ({ name: "", type: "FLOAT32", dims, open: dims.map(() => false) }) as const;
  const operator = { op: "ADD", inputs: [tensor(x), tensor(y)], outputs: [tensor(x)], options: {} } as const;
  expect(stretchesOf({ inputs: [], outputs: [], operators: [operator] })).toBe(count);
});
