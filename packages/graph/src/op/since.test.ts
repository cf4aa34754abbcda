import { describe, expect, test } from "vitest";
import { graphBuilder } from "../builder.ts";
import { checkModel } from "../check.ts";
import type { OnnxModel } from "../onnx.ts";
import { NEWEST_OPSET } from "../opset.ts";

/** The model as if it stated another opset, and its only node named so many outputs. */
function stated(model: OnnxModel, version: number, outputs?: readonly string[]): OnnxModel {
  const [node] = model.graph.nodes;
  const nodes = outputs === undefined ? model.graph.nodes : [{ ...node!, outputs }];
  return { ...model, opsets: [{ domain: "", version }], graph: { ...model.graph, nodes } };
}

describe("what one application uses decides which opsets have it", () => {
  const pooled = (attributes: { readonly dilations?: readonly number[] }) => {
    const g = graphBuilder("pooled");
    const x = g.input("x", "float32", [1, 1, 5, 5]);
    g.output("y", g.op("AveragePool", [x], { kernel_shape: [2, 2], ...attributes }));
    return g;
  };

  test("a graph is not built for an opset that lacks an attribute", () => {
    expect(() => pooled({}).build()).not.toThrow();
    expect(() => pooled({ dilations: [2, 2] }).build()).toThrow(/AveragePool.*19 or newer/);
  });

  test("nor is a model read that states such a one", () => {
    const model = pooled({ dilations: [2, 2] }).build({ opset: NEWEST_OPSET });
    expect(() => checkModel(stated(model, 19))).not.toThrow();
    expect(() => checkModel(stated(model, 18))).toThrow(/AveragePool.*opset 19 or newer/);
  });

  test("parts by the number of outputs are read up to opset 17", () => {
    const g = graphBuilder("parts");
    const parts = g.ops("Split", [g.input("x", "float32", [4])], { num_outputs: 2 });
    for (const [at, part] of parts.entries()) g.output(`y${at}`, part);
    const model = g.build();
    const [node] = model.graph.nodes;
    const old = { ...model, graph: { ...model.graph, nodes: [{ ...node!, attributes: {} }] } };
    expect(() => checkModel(stated(old, 17))).not.toThrow();
    expect(() => checkModel(stated(old, 18))).toThrow(/Split.*up to opset 17/);
  });
});
