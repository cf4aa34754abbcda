import { describe, expect, test } from "vitest";
import { graphBuilder } from "./builder.ts";
import { differentiate } from "./differentiate.ts";
import { interpret } from "./interpret.ts";

describe("differentiate", () => {
  test("adds up what comes back along every way", () => {
    const g = graphBuilder("square");
    const x = g.input("x", "float32", [2, 3]);
    const row = g.input("row", "float32", [3]);
    const y = g.op("Add", [g.op("Mul", [x, x]), g.op("Mul", [x, row])]);
    const loss = g.op("ReduceSum", [y], { keepdims: 0 });
    const [dx, drow] = differentiate(g, loss, [x, row]);
    g.output("dx", dx!);
    g.output("drow", drow!);
    const results = interpret(g.build(), {
      x: { dims: [2, 3], values: [1, 2, 3, 4, 5, 6] },
      row: { dims: [3], values: [10, 20, 30] },
    });
    expect([...results["dx"]!.values]).toEqual([12, 24, 36, 18, 30, 42]);
    expect([...results["drow"]!.values]).toEqual([5, 7, 9]);
  });

  test("gives zeros for what the loss does not depend on", () => {
    const g = graphBuilder("apart");
    const [x, y] = [g.input("x", "float32", [1]), g.input("y", "float32", [2])];
    const [dx, dy] = differentiate(g, g.op("Mul", [x, x]), [x, y]);
    g.output("dx", dx!);
    g.output("dy", dy!);
    const results = interpret(g.build(), {
      x: { dims: [1], values: [3] },
      y: { dims: [2], values: [1, 1] },
    });
    expect([...results["dx"]!.values]).toEqual([6]);
    expect([...results["dy"]!.values]).toEqual([0, 0]);
  });

  test("wants one number as a loss and lengths that are known", () => {
    const g = graphBuilder("wrong");
    const x = g.input("x", "float32", ["N"]);
    const y = g.input("y", "float32", [2]);
    expect(() => differentiate(g, g.op("Mul", [y, y]), [y])).toThrow(/one floating-point number/);
    expect(() => differentiate(g, g.op("ReduceSum", [x], { keepdims: 0 }), [x])).toThrow(/known lengths/);
  });

  test("refuses values of another graph, which would have no gradient without a word", () => {
    const [g, other] = [graphBuilder("one"), graphBuilder("other")];
    const x = g.input("x", "float32", [1]);
    const y = other.input("x", "float32", [1]);
    expect(() => differentiate(g, g.op("Mul", [x, x]), [y])).toThrow(/a value of this graph/);
    expect(() => differentiate(g, y, [x])).toThrow(/a value of this graph/);
    const half = g.input("half", "float16", [1]);
    expect(() => differentiate(g, g.op("Mul", [half, half]), [half])).toThrow(/float32 or float64/);
  });
});

test("a product's second derivative holds where factors are zero", () => {
  const given = [0, 2, 3, 0, 0, 5, 4, 0];
  const g = graphBuilder("product");
  const x = g.input("x", "float64", [2, 2, 2]);
  const products = g.op("ReduceProd", [x, g.ints([0, 2])], { keepdims: 0 });
  const [dx] = differentiate(g, g.op("ReduceSum", [products], { keepdims: 0 }), [x]);
  const weights = g.constant(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8), [2, 2, 2]);
  const [second] = differentiate(g, g.op("ReduceSum", [g.op("Mul", [dx!, weights])], { keepdims: 0 }), [x]);
  g.output("first", dx!);
  g.output("second", second!);
  const { first, second: found } = interpret(g.build(), { x: { dims: [2, 2, 2], values: given } });
  // Places 0, 1, 4, 5 share a product, and 2, 3, 6, 7.
  const groups = [
    [0, 1, 4, 5],
    [2, 3, 6, 7],
  ];
  const without = (...gone: number[]): number =>
    groups
      .find((group) => group.includes(gone[0]!))!
      .filter((at) => !gone.includes(at))
      .reduce((product, at) => product * given[at]!, 1);
  expect([...first!.values]).toEqual(given.map((_, at) => without(at)));
  const wanted = given.map((_, at) =>
    groups
      .find((group) => group.includes(at))!
      .filter((other) => other !== at)
      .reduce((sum, other) => sum + (other + 1) * without(at, other), 0),
  );
  expect([...found!.values]).toEqual(wanted);
});
