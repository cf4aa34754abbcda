import { graphBuilder, interpret } from "@tideline/graph";
import { expect, test } from "vitest";
import { isolationForest } from "./isolation-forest.ts";
import { lowerIsolation } from "./isolation-model.ts";
import { thresholdAbove } from "./isolation-threshold.ts";

test("a threshold lies midway between neighbours", () => {
  const sorted = Float64Array.of(0.25, 0.25, 0.375, 0.5, 0.625, 0.625, 0.75, 0.75, 0.75, 1);
  expect([0.1, 0.2, 0.4, 0.5].map((share) => thresholdAbove(sorted, share))).toEqual([
    0.875, 0.875, 0.6875, 0.6875,
  ]);
  // Nothing lies above where the largest are equal; what float32 cannot tell apart stays together.
  expect(thresholdAbove(Float64Array.of(0.25, 0.5, 0.5), 0.4)).toBeGreaterThan(0.5);
  expect(thresholdAbove(Float64Array.of(0.25, 0.5, 0.5 + 1e-9, 0.75), 0.5)).toBeCloseTo(0.625, 8);
});

test("the graph, in float32, finds the rows odd that the model does", async () => {
  const rows = 101;
  const x = Float32Array.from({ length: rows }, (_, row) => Math.sin(row * 7.7));
  const z = Float32Array.from({ length: rows }, (_, row) => Math.cos(row * 3.1));
  const values = Array.from({ length: 2 * rows }, (_, at) => (at % 2 === 0 ? x : z)[at >> 1]!);
  for (let seed = 0; seed < 12; seed++) {
    const model = await isolationForest({ contamination: 0.1, trees: 20, seed }).fit({ columns: { x, z } });
    const g = graphBuilder("odd");
    g.output("scores", lowerIsolation(g, g.input("x", "float32", ["N", 2]), model));
    const { scores } = interpret(g.build(), { x: { dims: [rows, 2], values } });
    const odd = model.predict({ columns: { x, z } });
    expect(Int32Array.from(scores!.values, (score) => Number(Number(score) > model.threshold))).toEqual(odd);
    expect(odd.reduce((sum, one) => sum + one)).toBeGreaterThan(6);
  }
});
