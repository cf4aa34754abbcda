import { existsSync } from "node:fs";
import { writeLitert } from "@tideline/graph/litert";
import { seededRandom } from "@tideline/learn";
import { nets } from "@tideline/learn/net";
import { onnxruntimeNode } from "@tideline/pipeline";
import { describe, expect, test } from "vitest";
import { CATEGORICAL, censusTable } from "../examples/nets/adult-table.ts";
import { dataFolder } from "../examples/nets/example-option.ts";
import { fitExample } from "../examples/trees/example.ts";
import { tableGraph } from "../examples/trees/table-graph.ts";
import { askedTable } from "../packages/learn/src/tree/insight/asked-column.ts";
import { featureMatrix } from "../packages/learn/src/tree/model/feature-matrix.ts";
import { agreement, decisions, graphAnswers } from "./litert/graph-answer.ts";

const required = (process.env["TIDELINE_REQUIRE"] ?? "").split(",").includes("data");
const without = (dataset: string): boolean => !existsSync(dataFolder(dataset)) && !required;

/** The probability of which two answers to the same rows are never farther apart, where float32 sums in another order. */
const ROUNDING = 1e-5;

describe.skipIf(without("adult"))("trees on the census", () => {
  test("decide as they do in ONNX Runtime, and no probability is farther off than rounding goes", async () => {
    const rowsOf = (part: "data" | "test") => {
      const table = censusTable(dataFolder("adult"), part);
      return { ...table, categorical: CATEGORICAL, row: new Int32Array(table.y.length) };
    };
    const model = await fitExample({ rate: 0.05, rounds: 300, leaves: 15 }, rowsOf("data"), 1);
    const { columns, categorical } = rowsOf("test");
    const {
      rows,
      columns: width,
      values,
    } = featureMatrix(model.ensemble, askedTable("litert", model.ensemble, { columns, categorical }));
    const graph = tableGraph("adult")(model);
    const written = writeLitert(graph);
    if (!written.ok) throw new Error(JSON.stringify(written.reasons));
    const input = { dims: [rows, width], values: Float32Array.from(values) };
    const { file, graph: right } = await graphAnswers(graph, written.bytes, input);
    const classes = right.length / rows;
    expect(rows).toBe(16_281);
    const agreed = agreement(decisions(file, classes), decisions(right, classes));
    const far = right.reduce((most, value, at) => Math.max(most, Math.abs(value - file[at]!)), 0);
    console.log(`adult, 300 trees: ${100 * agreed} % of ${rows} decisions agree; farthest ${far}`);
    expect(agreed).toBeGreaterThanOrEqual(0.999);
    // Nothing that a threshold would have to explain.
    expect(far).toBeLessThan(ROUNDING);
  });
});

test("8 bits take less than 0.3 of the bytes of a net of 100 KB and more", async () => {
  const random = seededRandom(2);
  const windows = Float32Array.from({ length: 40 * 768 }, () => random.normal());
  const fitted = await nets
    .conv1d({
      shape: [128, 6],
      channels: [64, 128],
      stride: 2,
      statistics: false,
      spectrum: false,
      epochs: 1,
      batch: 20,
      seed: 1,
    })
    .fit(
      {
        X: { rows: 40, columns: 768, values: windows },
        y: Int32Array.from({ length: 40 }, (_, row) => row % 3),
        classes: ["a", "b", "c"],
      },
      { runtime: onnxruntimeNode },
    );
  const graph = fitted.graph();
  const name = graph.graph.inputs[0]!.name;
  const rows = [{ [name]: { dims: [1, 128, 6], values: windows.slice(0, 768) } }];
  const [float, int8] = (["float32", "int8"] as const).map((precision) => {
    const written = writeLitert(graph, { precision, ...(precision === "int8" && { calibration: { rows } }) });
    if (!written.ok) throw new Error(JSON.stringify(written.reasons));
    return written.bytes.length;
  });
  console.log(`conv1d of ${float} bytes: ${int8! / float!} of them in 8 bits`);
  expect(float).toBeGreaterThan(100_000);
  expect(int8! / float!).toBeLessThan(0.3);
});
