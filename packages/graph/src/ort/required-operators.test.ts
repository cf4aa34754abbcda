import { describe, expect, test } from "vitest";
import { graphBuilder } from "../builder.ts";
import { requiredOperators } from "./required-operators.ts";

function net() {
  const g = graphBuilder("net");
  const x = g.input("x", "float32", ["N", 4]);
  const ids = g.input("ids", "int64", ["N", 1]);
  const rows = g.op("Gather", [g.constant(new Float32Array(8), [2, 4]), ids], { axis: 0 });
  const flat = g.op("Reshape", [rows, g.ints([-1, 4])]);
  g.output("y", g.op("Relu", [g.op("Add", [x, g.op("Add", [flat, x])])]));
  return g.build();
}

function trees() {
  const g = graphBuilder("trees");
  const x = g.input("x", "float64", ["N", 1]);
  g.output("y", g.op("Not", [g.op("Less", [x, x])]));
  return g.build();
}

describe("what a reduced build of ONNX Runtime must have", () => {
  test("is every operator once, by domain and opset, and every element type", () => {
    expect(requiredOperators([net()])).toBe(
      "!globally_allowed_types;float,int64_t\nai.onnx;18;Add,Gather,Relu,Reshape\n",
    );
    expect(requiredOperators([net()], { types: false })).toBe("ai.onnx;18;Add,Gather,Relu,Reshape\n");
  });

  test("is that of all models, in whatever order", () => {
    const both = requiredOperators([net(), trees()]);
    expect(both).toBe(requiredOperators([trees(), net()]));
    expect(both).toBe(
      "!globally_allowed_types;bool,double,float,int64_t\nai.onnx;18;Add,Gather,Less,Not,Relu,Reshape\n",
    );
    const foreign = net();
    const nodes = foreign.graph.nodes.map((node) => ({ ...node, domain: "com.microsoft" }));
    expect(requiredOperators([{ ...foreign, graph: { ...foreign.graph, nodes } }], { types: false })).toBe(
      "com.microsoft;1;Add,Gather,Relu,Reshape\n",
    );
  });
});
