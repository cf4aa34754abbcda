import { existsSync } from "node:fs";
import { writeOnnx, type OnnxModel, type RuntimeTensor } from "@tideline/graph";
import { writeLitert } from "@tideline/graph/litert";
import { seededRandom } from "@tideline/learn";
import { nets } from "@tideline/learn/net";
import { onnxruntimeNode, openLitert } from "@tideline/pipeline";
import { describe, expect, test } from "vitest";
import { CATEGORICAL, censusTable } from "../examples/nets/adult-table.ts";
import { dataFolder } from "../examples/nets/example-option.ts";
import { fitExample } from "../examples/trees/example.ts";
import { tableGraph } from "../examples/trees/table-graph.ts";
import { askedTable } from "../packages/learn/src/tree/insight/asked-column.ts";
import { featureMatrix } from "../packages/learn/src/tree/model/feature-matrix.ts";

const required = (process.env["TIDELINE_REQUIRE"] ?? "").split(",").includes("data");
const without = (dataset: string): boolean => !existsSync(dataFolder(dataset)) && !required;

/** Answers of a file and of its graph in ONNX Runtime. */
async function answers(
  model: OnnxModel,
  bytes: Uint8Array,
  input: RuntimeTensor,
): Promise<{ readonly file: Float32Array; readonly graph: Float32Array }> {
  const name = model.graph.inputs[0]!.name;
  const output = model.graph.outputs[0]!.name;
  const opened = [await openLitert(bytes), await onnxruntimeNode.load(writeOnnx(model))] as const;
  const [file, graph] = await Promise.all(
    opened.map(async (one) => (await one.run({ [name]: input }, [output]))[output]!.values as Float32Array),
  );
  for (const one of opened) await one.release();
  return { file: file!, graph: graph! };
}

/** The place of the largest of each row's numbers. */
const decisions = (values: Float32Array, classes: number): Int32Array =>
  Int32Array.from({ length: values.length / classes }, (_, row) => {
    const own = values.subarray(row * classes, (row + 1) * classes);
    return own.indexOf(Math.max(...own));
  });

const share = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).filter((value, at) => value === b[at]).length / a.length;

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
    const { file, graph: right } = await answers(graph, written.bytes, input);
    const classes = right.length / rows;
    expect(rows).toBe(16_281);
    const agreed = share(decisions(file, classes), decisions(right, classes));
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
