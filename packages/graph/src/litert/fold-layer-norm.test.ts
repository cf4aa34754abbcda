import { expect, test } from "vitest";
import { graphBuilder } from "../builder.ts";
import { interpret } from "../interpret.ts";
import type { OnnxModel } from "../onnx.ts";
import { foldLayerNorms } from "./fold-layer-norm.ts";

const WIDTH = 8;

/** Numbers that differ, from `least` to `most`. */
const between = (count: number, least: number, most: number): Float32Array =>
  Float32Array.from({ length: count }, (_, at) => least + ((most - least) * ((at * 7) % count)) / count);

/** A normalisation in front of two products, one of them in another shape, and of what else is asked for. */
function normed({ most = 1.5, shown = false } = {}): OnnxModel {
  const g = graphBuilder("normed");
  const x = g.input("x", "float32", ["N", 3, WIDTH]);
  const [scale, shift] = [g.constant(between(WIDTH, 0.8, most)), g.constant(between(WIDTH, -1, 1))];
  const norm = g.op("LayerNormalization", [x, scale, shift], { axis: -1 });
  const rows = g.op("Reshape", [norm, g.ints([-1, WIDTH])]);
  const weights = g.constant(between(WIDTH * 4, -1, 1), [WIDTH, 4]);
  g.output("one", g.op("Gemm", [rows, weights, g.constant(between(4, 0, 1))]));
  g.output("other", g.op("Gemm", [rows, g.constant(between(WIDTH * 2, -2, 1), [WIDTH, 2])]));
  if (shown) g.output("norm", norm);
  return g.build();
}

test("products take in the factors and shifts of a layer normalisation, and give what they gave", () => {
  const model = normed();
  const { model: folded, rewrites } = foldLayerNorms.rewrite(model);
  expect(rewrites).toBe(1);
  const norm = folded.graph.nodes.find(({ op }) => op === "LayerNormalization")!;
  expect(norm.inputs).toHaveLength(2);
  const feed = { x: { dims: [2, 3, WIDTH], values: between(6 * WIDTH, -3, 4) } };
  const [right, found] = [interpret(model, feed), interpret(folded, feed)];
  for (const name of ["one", "other"])
    for (const [at, value] of Array.from(found[name]!.values as ArrayLike<number>).entries())
      expect(Math.abs(value - Number(right[name]!.values[at]))).toBeLessThan(1e-5);
  expect(foldLayerNorms.rewrite(folded).rewrites).toBe(0);
});

test.each([
  ["whose factors lie far apart", { most: 50 }],
  ["that something else reads", { shown: true }],
])("a layer normalisation %s stays", (_, form) => {
  expect(foldLayerNorms.rewrite(normed(form)).rewrites).toBe(0);
});
