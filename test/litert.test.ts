import { graphBuilder, interpret } from "@tideline/graph";
import { writeLitert } from "@tideline/graph/litert";
import { expect, test } from "vitest";
import { complaints, runLitert } from "./litert/node-litert.ts";

test("a net of two layers runs in LiteRT for JavaScript", async () => {
  const g = graphBuilder("two layers");
  const x = g.input("x", "float32", ["N", 3]);
  const wave = (count: number): Float32Array =>
    Float32Array.from({ length: count }, (_, at) => Math.sin(1.7 * at));
  const inner = g.op("Add", [g.op("MatMul", [x, g.constant(wave(24), [3, 8])]), g.constant(wave(8), [8])]);
  const outer = g.op("Gemm", [g.op("Relu", [inner]), g.constant(wave(32), [8, 4]), g.constant(wave(4), [4])]);
  g.output("p", g.op("Softmax", [outer], { axis: -1 }));
  const model = g.build();
  const written = writeLitert(model);
  if (!written.ok) throw new Error(JSON.stringify(written.reasons));
  expect(written.report.operators.map(({ op, count }) => `${op} ${count}`)).toEqual([
    "FULLY_CONNECTED 2",
    "SOFTMAX 1",
  ]);
  expect(writeLitert(model)).toEqual(written);
  const feed = { dims: [1, 3], values: Float32Array.of(0.5, -1, 2) };
  const [answer] = await runLitert(written.bytes, [{ x: feed }]);
  const wanted = interpret(model, { x: feed })["p"]!.values;
  for (const [at, value] of wanted.entries()) expect(Math.abs(answer!["p"]![at]! - value)).toBeLessThan(1e-6);
  expect(complaints).toEqual([]);
});
