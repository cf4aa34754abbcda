import { expect, test } from "vitest";
import { graphBuilder } from "../builder.ts";
import { checkModel } from "../check.ts";
import { interpret } from "../interpret.ts";
import { narrowModel } from "./narrow-model.ts";

/** Divides a vector, turns every second part round its sign, and joins the parts. */
function parts(lengths: readonly number[]) {
  const g = graphBuilder("parts");
  const total = lengths.reduce((sum, length) => sum + length, 0);
  const x = g.input("x", "float32", [total]);
  const pieces = g.ops("Split", [x, g.ints(lengths)], { axis: 0 });
  const turned = pieces.map((piece, at) => (at % 2 === 0 ? piece : g.op("Neg", [piece])));
  g.output("y", g.op("Concat", turned, { axis: 0 }));
  return { model: g.build(), x: Float32Array.from({ length: total }, (_, at) => at + 1) };
}

test.each([
  [8, 7],
  [7, 7],
  [30, 7],
  [60, 7],
  [17, 2],
  [400, 7],
])("%i parts by at most %i at once are the same numbers", (count, most) => {
  const { model, x } = parts(Array.from({ length: count }, (_, at) => 1 + (at % 3)));
  const narrow = narrowModel(model, most);
  checkModel(narrow);
  const widest = narrow.graph.nodes.map(({ inputs, outputs }) => Math.max(inputs.length, outputs.length));
  expect(Math.max(...widest)).toBeLessThanOrEqual(Math.max(most, 2));
  const feed = { x: { dims: [x.length], values: x } };
  expect(interpret(narrow, feed)).toEqual(interpret(model, feed));
  if (count <= most) expect(narrow).toBe(model);
});
