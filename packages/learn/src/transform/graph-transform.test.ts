import { graphBuilder, writeOnnx } from "@tideline/graph";
import { expect, test } from "vitest";
import { onnxruntimeNode } from "../../../pipeline/src/runtime/onnxruntime-node.ts";
import { chain } from "./chain.ts";
import { GRAPH_TRANSFORM, graphTransform } from "./graph-transform.ts";
import { fitRule } from "./row-rule.ts";
import { deduplicate } from "./rule/deduplicate.ts";
import { conformanceFrame } from "./testing/conformance-frame.ts";
import { transformChecks } from "./testing/transform-check.ts";
import { frame } from "../frame/frame.ts";
import { sliceRows } from "../frame/slice-rows.ts";

const g = graphBuilder("energy");
const x = g.input("x", "float32", ["N", 3]);
g.output("energy", g.op("ReduceL2", [x, g.ints([1])], { keepdims: 1 }));
const model = writeOnnx(g.build());
const options = { model, inputs: { x: "acc" }, outputs: { energy: "size" }, columns: ["acc"] };

for (const { name, run } of transformChecks(GRAPH_TRANSFORM, { options, runtimes: [onnxruntimeNode] }))
  test(name, run);

test("a subgraph is a step of a chain, and refuses what does not fit", () => {
  const rows = conformanceFrame(["vector"]);
  const fitted = chain([graphTransform({ model, inputs: { x: "acc" }, outputs: { energy: "size" } })]).fit(
    rows,
  );
  expect(fitted.transform(rows).columns.map(({ name }) => name)).toEqual(["size"]);
  const wrong = { model, inputs: { y: "acc" }, outputs: { energy: "size" } };
  expect(() => graphTransform(wrong)).toThrow(/inputs: expected x, received y/);
});

test("duplicates are found across pieces, missing equal to missing", () => {
  const values = Float64Array.of(1, Number.NaN, 1, Number.NaN, 2);
  const rows = frame([
    { kind: "float", name: "a", values },
    { kind: "string", name: "b", codes: Int32Array.of(0, 0, 0, 0, 1), dictionary: ["x", "y"] },
  ]);
  const rule = fitRule(deduplicate(), rows);
  expect([...rule.judge(rows).keep]).toEqual([1, 1, 0, 0, 1]);
  const judge = rule.judging();
  expect([...judge(sliceRows(rows, 0, 2)).keep, ...judge(sliceRows(rows, 2, 5)).keep]).toEqual([
    1, 1, 0, 0, 1,
  ]);
  expect(rule.judge(rows).reasons).toEqual(["equal to an earlier row in a, b"]);
});
