import { writeOnnx, type interpret, type OnnxModel } from "@tideline/graph";
import { interpretProgram, type MlProgramPrecision } from "@tideline/graph/coreml";
import { writeLitert } from "@tideline/graph/litert";
import { onnxruntimeNode } from "@tideline/pipeline";
import { expect, test } from "vitest";
import { equalised, UNEVEN } from "@tideline/graph/compress";
import { quantisedModel } from "../packages/cli/src/command/export-quantised.ts";
import {
  collapsingNet,
  normals,
  rowsOf,
  windowNet,
} from "../packages/graph/src/compress/testing/small-net.ts";
import { programOf } from "./coreml/compare-program.ts";
import { agreement, decisions, graphAnswers } from "./litert/graph-answer.ts";

const DIMS = [4, 32] as const;
const WIDTH = DIMS[0] * DIMS[1];
const ROWS = 32;
const input = { dims: [ROWS, ...DIMS], values: normals(9, ROWS * WIDTH) };
const rows = rowsOf(2, DIMS, 12, 1) as readonly { readonly x: { dims: number[]; values: Float32Array } }[];

/** The share of decisions that a file of LiteRT keeps. */
async function kept(model: OnnxModel, precision: "dynamic-int8" | "int8"): Promise<number> {
  const written = writeLitert(model, { precision, ...(precision === "int8" && { calibration: { rows } }) });
  if (!written.ok) throw new Error(JSON.stringify(written.reasons));
  const { file, graph } = await graphAnswers(model, written.bytes, input);
  return agreement(decisions(file, 5), decisions(graph, 5));
}

test.each(["dynamic-int8", "int8"] as const)(
  "a channel five thousand times as large as the others takes the 8 bits of no other: %s of LiteRT",
  async (precision) => {
    expect(await kept(collapsingNet(5000), precision)).toBeGreaterThan(0.94);
  },
);

test.each([
  ["float16", 1e6, 0.98],
  ["palettised", 5000, 0.7],
] as const)(
  "nor the numbers of another: %s of Core ML",
  async (precision: MlProgramPrecision, times, share) => {
    const model = collapsingNet(times);
    const loaded = await onnxruntimeNode.load(writeOnnx(model));
    const { probabilities } = await loaded.run({ x: input }, ["probabilities"]);
    await loaded.release();
    const { files, report } = programOf(model, { precision });
    const own = interpretProgram(files, { [report.inputs[0]!.name]: input })[report.outputs[0]!.name]!;
    const right = decisions(probabilities!.values as Float32Array, 5);
    expect(
      agreement(decisions(Float32Array.from((own as ReturnType<typeof interpret>[string]).values), 5), right),
    ).toBeGreaterThan(share);
  },
);

test("nor those of onnx-int8, as it is exported", async () => {
  const model = collapsingNet(5000);
  const count = 12;
  const values = Float32Array.from(rows.flatMap(({ x }) => [...x.values]));
  const quantised = (await quantisedModel(model, { count, inputs: { x: values } }))!;
  const answers = [model, quantised].map(async (one) => {
    const loaded = await onnxruntimeNode.load(writeOnnx(one));
    const { probabilities } = await loaded.run({ x: input }, ["probabilities"]);
    await loaded.release();
    return decisions(probabilities!.values as Float32Array, 5);
  });
  const [right, own] = await Promise.all(answers);
  expect(agreement(own!, right!)).toBeGreaterThan(0.94);
});

test("a net whose channels are alike stays as it is", () => {
  const net = windowNet();
  expect(equalised(net, { beyond: UNEVEN })).toBe(net);
  expect(equalised(net)).not.toBe(net);
});
