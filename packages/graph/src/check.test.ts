import { describe, expect, test } from "vitest";
import { graphBuilder } from "./builder.ts";
import { checkModel } from "./check.ts";
import { NEWEST_OPSET } from "./opset.ts";
import { interpret } from "./interpret.ts";
import type { OnnxGraph, OnnxModel, OnnxNode } from "./onnx.ts";

function twoNodes(): OnnxModel {
  const g = graphBuilder("two");
  const x = g.input("x", "float32", ["N", 2]);
  g.output("y", g.op("Softmax", [g.op("Mul", [x, g.scalar(2)])]));
  return g.build();
}

const withGraph = (change: Partial<OnnxGraph>): OnnxModel => ({
  ...twoNodes(),
  graph: { ...twoNodes().graph, ...change },
});

const withNode = (index: number, change: Partial<OnnxNode>): OnnxModel =>
  withGraph({
    nodes: twoNodes().graph.nodes.map((node, at) => (at === index ? { ...node, ...change } : node)),
  });

describe("checkModel", () => {
  test("says the type of every value", () => {
    const types = checkModel(twoNodes());
    expect([...types.keys()]).toEqual(["x", "constant_1", "Mul_1", "y"]);
    expect(types.get("y")).toEqual({ elementType: "float32", dims: ["N", 2] });
  });

  test.each([13, 17, 22, NEWEST_OPSET])(
    "takes opset %i, in which both operators have their form",
    (version) => {
      expect(checkModel({ ...twoNodes(), opsets: [{ domain: "", version }] }).size).toBe(4);
    },
  );

  const { graph } = twoNodes();
  test.each<[string, OnnxModel, RegExp]>([
    [
      "another opset",
      { ...twoNodes(), opsets: [{ domain: "", version: 29 }] },
      /one opset up to 28, received 29.*MODEL_UNSUPPORTED/,
    ],
    [
      "an operator in an older form",
      { ...twoNodes(), opsets: [{ domain: "", version: 12 }] },
      /Softmax node "Softmax_1" of graph "two": expected opset 13 or newer.*received opset 12.*MODEL_UNSUPPORTED/,
    ],
    ["no opset", { ...twoNodes(), opsets: [] }, /received none.*MODEL_UNSUPPORTED/],
    [
      "an unknown operator",
      withNode(0, { op: "NonMaxSuppression" }),
      /NonMaxSuppression node "Mul_1".*received NonMaxSuppression.*MODEL_UNSUPPORTED/,
    ],
    ["another domain", withNode(0, { domain: "com.example" }), /com\.example\.Mul.*MODEL_UNSUPPORTED/],
    [
      "nodes out of order",
      withGraph({ nodes: graph.nodes.toReversed() }),
      /Softmax node "Softmax_1".*input "Mul_1".*before the node/,
    ],
    ["a name defined twice", withNode(1, { outputs: ["x"] }), /Softmax node.*value "x".*a second one/],
    ["a node named twice", withNode(1, { name: "Mul_1" }), /Softmax node "Mul_1".*used before/],
    [
      "a constant under an input's name",
      withGraph({ initializers: [{ ...graph.initializers[0]!, name: "x" }] }),
      /initializer "x"/,
    ],
    [
      "an output that nothing defines",
      withGraph({ outputs: [{ ...graph.outputs[0]!, name: "q" }] }),
      /output "q"/,
    ],
    [
      "an output of another shape",
      withGraph({ outputs: [{ ...graph.outputs[0]!, dims: ["N", 3] }] }),
      /expected float32\[N, 3\], received float32\[N, 2\]/,
    ],
    [
      "a broken shape rule",
      withGraph({ inputs: [{ ...graph.inputs[0]!, elementType: "int64" }] }),
      /Mul node "Mul_1".*int64\[N, 2\]/,
    ],
    ["too many outputs", withNode(1, { outputs: ["y", "z"] }), /outputs: expected 1, received 2/],
  ])("refuses %s", (_, model, message) => {
    expect(() => checkModel(model)).toThrow(message);
  });
});

describe("interpret", () => {
  test("runs in double precision and does not round", () => {
    const { y } = interpret(twoNodes(), { x: { dims: [1, 2], values: [0, 0.5] } });
    expect(y).toMatchObject({ elementType: "float32", dims: [1, 2] });
    expect(y!.values[1]).toBe(1 / (1 + Math.exp(-1)));
  });

  test.each<[string, Parameters<typeof interpret>[1], RegExp]>([
    ["a missing input", {}, /input "x": expected float32\[N, 2\], received nothing/],
    ["an unknown input", { q: { dims: [1], values: [1] } }, /feeds: expected x, received q/],
    ["another shape", { x: { dims: [2], values: [1, 2] } }, /expected float32\[N, 2\], received \[2\]/],
    ["too few values", { x: { dims: [2, 2], values: [1] } }, /expected 4 values, received 1/],
  ])("refuses %s", (_, feeds, message) => {
    expect(() => interpret(twoNodes(), feeds)).toThrow(message);
  });

  test("wants lengths of one name to be alike", () => {
    const g = graphBuilder("pair");
    const [a, b] = [g.input("a", "float32", ["N"]), g.input("b", "float32", ["N"])];
    g.output("y", g.op("Add", [a, b]));
    const feed = (length: number) => ({ dims: [length], values: new Float64Array(length) });
    expect(interpret(g.build(), { a: feed(2), b: feed(2) })["y"]!.dims).toEqual([2]);
    expect(() => interpret(g.build(), { a: feed(2), b: feed(1) })).toThrow(
      /input "b".*\[N\], received \[1\]/,
    );
  });
});

test("an initializer may be the default of an input, once and of its type", () => {
  const g = graphBuilder("defaults");
  const x = g.input("x", "float32", [2]);
  g.output("y", g.op("Add", [x, g.constant(Float32Array.of(1, 2))]));
  const model = g.build();
  const [tensor] = model.graph.initializers;
  const { name, elementType } = tensor!;
  const listed = (irVersion: number, dims: readonly number[], twice = false): OnnxModel => ({
    ...model,
    irVersion,
    graph: {
      ...model.graph,
      inputs: [...model.graph.inputs, { name, elementType, dims }],
      initializers: twice ? [tensor!, tensor!] : [tensor!],
    },
  });
  for (const version of [3, 8]) {
    expect(checkModel(listed(version, [2])).get(name)).toMatchObject({ dims: [2] });
    expect(() => checkModel(listed(version, [7]))).toThrow(/float32\[7\]/);
    expect(() => checkModel(listed(version, [2], true))).toThrow(/one definition/);
  }
});
