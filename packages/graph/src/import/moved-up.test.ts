import { expect, test } from "vitest";
import { graphBuilder } from "../builder.ts";
import { checkModel } from "../check.ts";
import { movedUp } from "./moved-up.ts";

test("a product by one is another name, but not where a caller may give another number", () => {
  const g = graphBuilder("times");
  g.output("y", g.op("Mul", [g.op("Neg", [g.input("x", "float32", ["N", 2])]), g.scalar(1)]));
  const model = g.build();
  const { graph } = model;
  const { name } = graph.initializers[0]!;
  const given = { ...graph, inputs: [...graph.inputs, { name, elementType: "float32", dims: [] }] } as const;
  const operators = (of: typeof graph): readonly string[] =>
    movedUp(of, checkModel({ ...model, graph: of })).nodes.map(({ op }) => op);
  expect(operators(graph)).toEqual(["Neg"]);
  expect(operators(given)).toEqual(["Neg", "Mul"]);
});
