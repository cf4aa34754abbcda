import { expect, test } from "vitest";
import { graphBuilder, type GraphBuilder } from "../builder.ts";
import { interpret } from "../interpret.ts";
import { writeLitert } from "../litert/write-litert.ts";
import type { Value } from "../value.ts";
import { equalised, UNEVEN } from "./equalise.ts";

const x = { dims: [1, 4, 8], values: Float32Array.from({ length: 32 }, (_, at) => Math.cos(at * at)) };

/** Weights of which every fourth is five hundred times as large. */
const uneven = (length: number): Float32Array =>
  Float32Array.from({ length }, (_, at) => Math.sin(3 * at + 1) * (at % 4 === 0 ? 500 : 1));

const conv = (g: GraphBuilder, of: Value, outputs: number, inputs: number): Value =>
  g.op("Conv", [of, g.constant(uneven(outputs * inputs), [outputs, inputs, 1])]);
const product = (g: GraphBuilder, of: Value, inputs: number, outputs: number): Value =>
  g.op("MatMul", [of, g.constant(uneven(inputs * outputs), [inputs, outputs])]);

/** Two layers of `[1, 4, 8]`, whose channels are another axis where one is a product. */
const NETS: Readonly<Record<string, (g: GraphBuilder, x: Value) => Value>> = {
  "a product before a convolution": (g, of) => conv(g, g.op("Relu", [product(g, of, 8, 4)]), 3, 4),
  "a convolution before a product": (g, of) => product(g, g.op("Relu", [conv(g, of, 8, 4)]), 8, 3),
  "half as many channels": (g, of) => product(g, g.op("Relu", [conv(g, of, 4, 4)]), 8, 3),
  "two products": (g, of) => product(g, g.op("Relu", [product(g, of, 8, 4)]), 4, 3),
  "two convolutions": (g, of) => conv(g, g.op("Relu", [conv(g, of, 8, 4)]), 3, 8),
  "channels laid out flat": (g, of) =>
    product(g, g.op("Reshape", [g.op("Relu", [conv(g, of, 4, 4)]), g.ints([1, 32])]), 32, 3),
};

test.each(Object.keys(NETS))("answers stay where channels are evened out: %s", (name) => {
  const g = graphBuilder("net");
  g.output("y", NETS[name]!(g, g.input("x", "float32", x.dims)));
  const model = g.build();
  const right = Array.from(interpret(model, { x })["y"]!.values, Number);
  const most = Math.max(...right.map(Math.abs));
  const meets = name.startsWith("two") || name === "channels laid out flat";
  for (const beyond of [0, UNEVEN]) {
    const even = equalised(model, { beyond });
    if (!meets || beyond === 0) expect(even === model).toBe(!meets);
    const own = Array.from(interpret(even, { x })["y"]!.values, Number);
    for (const [at, value] of own.entries()) expect(Math.abs(value - right[at]!)).toBeLessThan(1e-5 * most);
  }
  expect(writeLitert(model, { precision: "dynamic-int8" }).ok).toBe(true);
});
