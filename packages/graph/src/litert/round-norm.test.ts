import { expect, test } from "vitest";
import { graphBuilder } from "../builder.ts";
import { interpret } from "../interpret.ts";
import type { OnnxModel } from "../onnx.ts";
import type { Value } from "../value.ts";
import { roundNorms } from "./round-norm.ts";
import { writeLitert } from "./write-litert.ts";

const WIDTH = 256;

const series = (length: number, of: (at: number) => number): Float32Array =>
  Float32Array.from({ length }, (_, at) => of(at));

/** A normalisation of features whose factors lie so many times apart, beside others in front of a product. */
function normed(apart: number): OnnxModel {
  const g = graphBuilder("normed");
  const [x, more] = [g.input("x", "float32", ["N", WIDTH]), g.input("more", "float32", ["N", 3])];
  const column = (of: (at: number) => number): Value => g.constant(series(WIDTH, of), [WIDTH]);
  const norm = g.op("BatchNormalization", [
    x,
    column((at) => 0.5 + Math.sin(at) / 4),
    column((at) => Math.cos(at)),
    column((at) => 10 * Math.sin(at / 3)),
    column((at) => apart ** ((-2 * at) / WIDTH)),
  ]);
  const weights = g.constant(
    series(2 * (WIDTH + 3), (at) => Math.sin(at * at)),
    [WIDTH + 3, 2],
  );
  g.output("y", g.op("MatMul", [g.op("Concat", [norm, more], { axis: 1 }), weights]));
  return g.build();
}

const feed = (row: number) => ({
  x: { dims: [1, WIDTH], values: series(WIDTH, (at) => 10 * Math.sin(at / 3) + Math.cos(at * (row + 1))) },
  more: { dims: [1, 3], values: series(3, (at) => at - row) },
});

test("a norm in steps of 8 bits gives what it gave, by the product behind it", () => {
  const model = normed(40);
  const { model: rounded, rewrites } = roundNorms.rewrite(model);
  expect(rewrites).toBe(1);
  const [before, after] = [model, rounded].map((one) => interpret(one, feed(0))["y"]!.values as Float64Array);
  for (const [at, value] of after!.entries()) expect(Math.abs(value - before![at]!)).toBeLessThan(1e-3);
});

test("its shifts and factors stand in the file as 8 bits, where factors are not too far apart", () => {
  const rows = [0, 1, 2, 3].map(feed);
  const widened = (apart: number): number => {
    const result = writeLitert(normed(apart), { precision: "int8", calibration: { rows } });
    if (!result.ok) throw new Error(JSON.stringify(result.reasons));
    return result.report.operators.find(({ op }) => op === "DEQUANTIZE")?.count ?? 0;
  };
  // The end of the file is one more.
  expect([widened(40), widened(10_000)]).toEqual([3, 1]);
});
