import { describe, expect, test } from "vitest";
import { graphBuilder } from "./builder.ts";
import { checkModel } from "./check.ts";
import { interpret } from "./interpret.ts";
import type { GraphEmitter } from "./op/graph-emitter.ts";

const emitter = (): GraphEmitter & Pick<ReturnType<typeof graphBuilder>, "input" | "output" | "build"> =>
  graphBuilder("shapes") as never;

describe("values known before the graph runs", () => {
  test("a shape that is taken apart and put together is followed, a named length included", () => {
    const g = emitter();
    const x = g.input("x", "float32", ["N", 4, 6]);
    const shape = g.op("Shape", [x]);
    const batch = g.op("Gather", [shape, g.ints([0])], { axis: 0 });
    const inner = g.op("Gather", [shape, g.scalar(2, "int64")], { axis: 0 });
    const halves = g.op("Unsqueeze", [g.op("Div", [inner, g.scalar(2, "int64")]), g.ints([0])]);
    expect(Array.from(halves.constant!)).toEqual([3]);
    const wanted = g.op("Concat", [batch, g.ints([-1]), halves, g.ints([2])], { axis: 0 });
    const y = g.op("Reshape", [x, wanted]);
    expect(y.dims).toEqual(["N", 4, 3, 2]);
    g.output("y", y);
    const model = g.build();
    expect(checkModel(model).get("y")!.dims).toEqual(["N", 4, 3, 2]);
    const values = Float32Array.from({ length: 48 }, (_, at) => at);
    expect(interpret(model, { x: { dims: [2, 4, 6], values } })["y"]!.dims).toEqual([2, 4, 3, 2]);
  });

  test("a product of lengths flattens, and one unknown length is found as -1 is", () => {
    const g = emitter();
    const x = g.input("x", "float32", ["N", "T", 8]);
    const [n, t] = [0, 1].map((at) => g.op("Shape", [x], { start: at, end: at + 1 }));
    const rows = g.op("Mul", [n, t]);
    expect(rows.lengths).toEqual(["N*T"]);
    expect(g.op("Reshape", [x, g.op("Concat", [rows, g.ints([8])], { axis: 0 })]).dims).toEqual(["N*T", 8]);
    const strange = g.op("Add", [n, t]);
    expect(strange.lengths).toBeUndefined();
    const found = g.op("Concat", [strange, g.ints([8])], { axis: 0 });
    expect(g.op("Reshape", [x, found]).dims).toEqual(["N*T", 8]);
    expect(() => g.op("Expand", [x, found])).toThrow(/constant/);
  });

  test("a shape to expand to, in which -1 keeps a length, and positions up to a named length", () => {
    const g = emitter();
    const shape = g.op("Shape", [g.input("x", "float32", ["N", "T", 8])]);
    const steps = g.op("Gather", [shape, g.scalar(1, "int64")], { axis: 0 });
    const [zero, one] = [g.scalar(0, "int64"), g.scalar(1, "int64")];
    expect(g.op("Range", [zero, steps, one]).dims).toEqual(["T"]);
    expect(() => g.op("Range", [one, steps, one])).toThrow(/constants/);
    const rows = g.op("Slice", [shape, g.ints([0]), g.ints([1])]);
    const wanted = g.op("Concat", [rows, g.ints([-1]), g.ints([-1])], { axis: 0 });
    const ones = g.op("Expand", [one, g.op("Shape", [wanted])]);
    const kept = g.op("Equal", [wanted, g.op("Mul", [ones, g.scalar(-1, "int64")])]);
    const whole = g.op("Where", [kept, ones, wanted]);
    expect(whole.lengths).toEqual(["N", 1, 1]);
    expect(g.op("Expand", [g.input("p", "float32", [1, 1, 16]), whole]).dims).toEqual(["N", 1, 16]);
  });

  test("an integer beyond 2^53 bounds, but is not computed with", () => {
    const g = emitter();
    const most = g.constant(BigInt64Array.of(2n ** 63n - 1n));
    expect(g.op("Sub", [most, g.ints([1])]).constant).toBeUndefined();
    // Of the rounded number this would be 2^23, of the right one it is 2^23 - 1.
    expect(g.op("Div", [most, g.ints([2 ** 40])]).constant).toBeUndefined();
    const x = g.input("x", "float32", [5]);
    expect(g.op("Slice", [x, g.ints([1]), most]).dims).toEqual([4]);
    const large = g.constant(BigInt64Array.of(2n ** 52n));
    expect(g.op("Mul", [large, g.ints([4])]).constant).toBeUndefined();
    expect(Array.from(g.op("Add", [large, g.ints([4])]).constant!)).toEqual([2 ** 52 + 4]);
  });

  test("what nothing is known of stays unknown, and large constants are left alone", () => {
    const g = emitter();
    const x = g.input("x", "int64", [2]);
    expect(g.op("Add", [x, g.ints([1])]).constant).toBeUndefined();
    expect(() => g.op("Reshape", [g.input("y", "float32", [2, 3]), x])).toThrow(/constant/);
    const wide = g.op("Expand", [g.scalar(1, "int64"), g.ints([2000])]);
    expect(wide.constant).toBeUndefined();
  });
});

test("an integer whose sum or product leaves 2^53 on the way is not known", () => {
  const g = emitter();
  const list = g.constant(BigInt64Array.of(2n ** 53n - 1n, 2n, 1n - 2n ** 53n));
  expect(g.op("ReduceSum", [list], { keepdims: 1 }).constant).toBeUndefined();
  const wide = g.constant(Int32Array.of(2 ** 31 - 1));
  expect(g.op("Mul", [wide, wide]).constant).toBeUndefined();
  expect(Array.from(g.op("Mul", [wide, g.constant(Int32Array.of(1))]).constant!)).toEqual([2 ** 31 - 1]);
});
