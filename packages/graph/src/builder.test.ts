import { describe, expect, test } from "vitest";
import { graphBuilder, type GraphBuilder } from "./builder.ts";
import type { Value } from "./value.ts";
import type { OnnxModel } from "./onnx.ts";
import type { OpName } from "./op/op-name.ts";

/** An application as untyped code would write it, past the checks of the compiler. */
function loosely(g: GraphBuilder): (op: OpName, inputs: (Value | undefined)[], attributes?: object) => Value {
  return g.op as never;
}

describe("graphBuilder", () => {
  test("infers types, carries names of unknown lengths, and numbers the nodes", () => {
    const g = graphBuilder("small");
    const x = g.input("x", "float32", ["N", 6, 4]);
    const sum = g.op("ReduceSum", [x, g.ints([-1])], { keepdims: 0 });
    const rows = g.op("Reshape", [x, g.ints([-1, 4])]);
    expect(sum).toMatchObject({ name: "ReduceSum_1", elementType: "float32", dims: ["N", 6] });
    expect(rows.dims).toEqual(["6*N", 4]);
    expect(g.op("Reshape", [rows, g.ints([-1, 6, 4])]).dims).toEqual(["N", 6, 4]);
    expect(g.op("ArgMax", [x], { axis: 2 })).toMatchObject({ elementType: "int64", dims: ["N", 6, 1] });
  });

  test("shares equal constants and keeps a copy of them", () => {
    const g = graphBuilder("small");
    const values = Float32Array.of(1, 2);
    expect(g.constant(values)).toBe(g.constant(Float32Array.of(1, 2)));
    expect(g.constant(values, [2, 1])).not.toBe(g.constant(values));
    g.output("y", g.op("Identity", [g.constant(values)]));
    values[0] = 9;
    expect(g.build().graph.initializers[0]!.values).toEqual(Float32Array.of(1, 2));
  });

  test("gives outputs their names, through an Identity only where it must", () => {
    const g = graphBuilder("ends");
    const x = g.input("x", "float32", ["N"]);
    const y = g.op("Exp", [x]);
    g.output("same", x);
    g.output("y", y);
    g.output("z", y);
    g.output("w", g.op("Neg", [y]));
    const { nodes } = g.build().graph;
    expect(nodes.map(({ op, inputs, outputs }) => [op, ...inputs, ...outputs].join(" "))).toEqual([
      "Exp x y",
      "Neg y w",
      "Identity x same",
      "Identity y z",
    ]);
  });

  test("returns frozen models", () => {
    const g = graphBuilder("frozen");
    g.output("y", g.op("Exp", [g.input("x", "float32", [1])]));
    const model: OnnxModel = g.build({ metadata: { a: "b" } });
    for (const part of [model, model.graph, model.graph.nodes, model.graph.nodes[0], model.metadata])
      expect(Object.isFrozen(part)).toBe(true);
  });

  test("states an opset that every operator has its form in", () => {
    const g = graphBuilder("capped");
    g.output("y", g.op("Softmax", [g.input("x", "float32", ["N", 2])]));
    expect(g.build().opsets).toEqual([{ domain: "", version: 18 }]);
    expect(g.build({ opset: 13 }).opsets).toEqual([{ domain: "", version: 13 }]);
    expect(() => g.build({ opset: 12 })).toThrow(
      /Softmax node "Softmax_1" of graph "capped": opset: expected 13 or newer.*received 12.*GRAPH_ILLEGAL/,
    );
    expect(() => g.build({ opset: 99 })).toThrow(/opset: expected an integer from 1 to 28, received 99/);
    const newer = graphBuilder("newer");
    newer.output("y", newer.op("Gelu", [newer.input("x", "float32", ["N"])]));
    expect(() => newer.build()).toThrow(/Gelu node "Gelu_1" of graph "newer": opset: expected 20 or newer/);
    expect(newer.build({ opset: 20 }).opsets).toEqual([{ domain: "", version: 20 }]);
  });

  const other = graphBuilder("other").input("x", "float32", [1]);
  test.each<[string, (g: GraphBuilder, x: Value) => unknown, RegExp]>([
    [
      "shapes that do not multiply",
      (g, x) => g.op("MatMul", [x, g.constant(new Float32Array(6), [3, 2])]),
      /MatMul node "MatMul_1" of graph "bad": .*B\[\.\.\., k, n\], received float32\[N, 4\] and float32\[3, 2\]/,
    ],
    [
      "shapes that do not broadcast",
      (g, x) => g.op("Add", [x, g.constant(new Float32Array(3))]),
      /Add node "Add_1".*broadcast, received \[N, 4\] and \[3\]/,
    ],
    [
      "a named length against a number",
      (g, x) => g.op("Add", [x, g.constant(new Float32Array(8), [2, 4])]),
      /received \[N, 4\] and \[2, 4\]/,
    ],
    [
      "types that differ",
      (g, x) => g.op("Add", [x, g.ints([1])]),
      /the same for all, received float32\[N, 4\] and int64\[1\]/,
    ],
    [
      "an axis too far",
      (g, x) => g.op("Softmax", [x], { axis: 2 }),
      /axis: expected one within 2 dimensions, received 2/,
    ],
    [
      "axes computed as the graph runs",
      (g, x) => g.op("ReduceSum", [x, g.input("axes", "int64", [1])]),
      /axes: expected a constant/,
    ],
    [
      "a shape of another size",
      (g, x) => g.op("Reshape", [x, g.ints([3, -1])]),
      /elements of \[N, 4\], received \[3, -1\]/,
    ],
    [
      "an index out of range",
      (g, x) => g.op("Gather", [x, g.ints([4])], { axis: 1 }),
      /within an axis of 4, received 4/,
    ],
    ["too few inputs", (g, x) => g.op("MatMul", [x]), /expected A, B, received 1/],
    [
      "an unknown attribute",
      (g, x) => loosely(g)("Softmax", [x], { axes: 1 }),
      /axes: expected no such attribute/,
    ],
    [
      "an attribute of another type",
      (g, x) => loosely(g)("Softmax", [x], { axis: 0.5 }),
      /axis: expected int, received 0\.5/,
    ],
    ["a missing attribute", (g, x) => loosely(g)("Concat", [x]), /axis: expected int, received nothing/],
    ["another graph's value", (g) => g.op("Exp", [other]), /"x" of another one/],
    ["a name in use", (g) => g.input("x", "float32", [1]), /a new one, received "x"/],
    ["an output named as an input", (g, x) => g.output("x", x), /output's name/],
    [
      "a constant of another size",
      (g) => g.constant(new Float32Array(3), [2, 2]),
      /the 4 values of \[2, 2\], received 3/,
    ],
    ["no output", (g) => g.build(), /at least one, received none/],
  ])("refuses %s", (_, build, message) => {
    const g = graphBuilder("bad");
    const x = g.input("x", "float32", ["N", 4]);
    expect(() => build(g, x)).toThrow(message);
    expect(() => build(g, x)).toThrow(/GRAPH_ILLEGAL/);
  });
});

test("an operator that there is not is named", () => {
  expect(() => graphBuilder("a").op("NoSuch" as never, [])).toThrow(/GRAPH_ILLEGAL/);
  expect(() => graphBuilder("a").op("toString" as never, [])).toThrow(/received toString/);
});
