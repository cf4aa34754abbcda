import { expect, test } from "vitest";
import { graphBuilder } from "../builder.ts";
import { interpret } from "../interpret.ts";
import type { OnnxModel } from "../onnx.ts";
import { swept } from "../optimise/pass.ts";
import { joinLogarithms } from "./join-logarithm.ts";

/** Parts laid beside each other: `l` is the logarithm of a column, `s` of it and 1e-6, `t` of it and 1e-3, `c` the column. */
function beside(kinds: string, read?: number): OnnxModel {
  const g = graphBuilder("beside");
  const shifts = { s: g.scalar(1e-6), t: g.scalar(1e-3) };
  const parts = Array.from(kinds, (kind, at) => {
    const column = g.op("Abs", [g.input(`x${at}`, "float32", ["N", 3])]);
    if (kind === "c") return column;
    const shift = kind === "l" ? undefined : shifts[kind as "s" | "t"];
    return g.op("Log", [shift === undefined ? column : g.op("Add", [column, shift])]);
  });
  g.output("y", g.op("Concat", parts, { axis: 1 }));
  if (read !== undefined) g.output("read", parts[read]!);
  return g.build();
}

const feed = (model: OnnxModel) =>
  Object.fromEntries(
    model.graph.inputs.map(({ name }, part) => [
      name,
      { dims: [2, 3], values: Float32Array.from({ length: 6 }, (_, at) => Math.sin(at * 7 + part) * 9) },
    ]),
  );

const logarithms = ({ graph }: OnnxModel): number => graph.nodes.filter(({ op }) => op === "Log").length;

test.each([
  ["ll", 1],
  ["ss", 1],
  ["cll", 2],
  ["clll", 1],
  ["css", 1],
  ["csstt", 2],
  ["csctls", 4],
  ["sscss", 2],
])("of %s there are %i logarithms, and the same numbers", (kinds, count) => {
  const model = beside(kinds);
  const joined = swept(joinLogarithms, model).model;
  expect(logarithms(joined)).toBe(count);
  expect(joined.graph.nodes.length).toBeLessThanOrEqual(model.graph.nodes.length);
  expect(interpret(joined, feed(model))).toEqual(interpret(model, feed(model)));
});

test("what something else reads stays", () => {
  const model = beside("sss", 1);
  expect(swept(joinLogarithms, model)).toEqual({ model, rewrites: 0 });
});
