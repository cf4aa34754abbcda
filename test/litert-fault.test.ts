import { interpret, type OnnxModel } from "@tideline/graph";
import { seededRandom } from "@tideline/learn";
import { expect, test } from "vitest";
import { encodeLite } from "../packages/graph/src/litert/encode.ts";
import { withoutDead, type LiteGraph, type LiteTensor } from "../packages/graph/src/litert/lite-graph.ts";
import { lowerGraph } from "../packages/graph/src/litert/lower-graph.ts";
import { prepared } from "../packages/graph/src/litert/prepare.ts";
import { quantised } from "../packages/graph/src/litert/quantise.ts";
import { tensorRanges } from "../packages/graph/src/litert/range.ts";
import { observedRanges } from "../packages/graph/src/litert/observe.ts";
import { runLitert, type LitertFeed } from "./litert/node-litert.ts";
import { windowNet } from "./litert/suite-net.ts";
import { ensembleGraphs } from "./litert/suite-tree.ts";

type Change = (tensor: LiteTensor) => LiteTensor;
type Rows = readonly Readonly<Record<string, LitertFeed>>[];

/** A graph as the writer has it just before it lays it out, with tensors changed. */
function faulty(graph: LiteGraph, change: Change): LiteGraph {
  const made = new Map<LiteTensor, LiteTensor>();
  const of = (tensor: LiteTensor): LiteTensor => {
    if (!made.has(tensor)) made.set(tensor, change(tensor));
    return made.get(tensor)!;
  };
  return {
    inputs: graph.inputs.map(of),
    outputs: graph.outputs.map(of),
    operators: graph.operators.map((operator) => ({
      ...operator,
      inputs: operator.inputs.map((tensor) => tensor && of(tensor)),
      outputs: operator.outputs.map(of),
    })),
  };
}

/** The lowered graph of a model, in whole numbers where rows tell their ranges. */
function loweredOf(model: OnnxModel, calibration?: Rows): LiteGraph {
  const ready = prepared(model);
  const lowered = lowerGraph(ready, { wideIntegers: false, lengths: {}, loops: false });
  if ("reasons" in lowered) throw new Error(JSON.stringify(lowered.reasons));
  const graph = withoutDead(lowered.graph);
  if (calibration === undefined) return graph;
  const ranges = tensorRanges(graph, lowered.values, observedRanges(ready, calibration, "range"));
  return withoutDead(quantised(graph, ranges, { integerEnds: false }).graph);
}

/** How far a file of a graph is from what the interpreter says of the model. */
async function farFrom(model: OnnxModel, graph: LiteGraph, rows: Rows): Promise<number> {
  const { inputs, outputs } = model.graph;
  const { bytes } = encodeLite(graph, {
    description: "",
    signature: "serving_default",
    inputNames: inputs.map(({ name }) => name),
    outputNames: outputs.map(({ name }) => name),
    openBatch: false,
    metadata: {},
  });
  const answers = await runLitert(bytes, rows);
  return rows.reduce((most, row, at) => {
    const [name, { values }] = Object.entries(interpret(model, row))[0]!;
    return values.reduce((far, value, i) => {
      const answer = answers[at]![name]![i]!;
      return Object.is(value + 0, answer + 0) ? far : Math.max(far, Math.abs(value - answer));
    }, most);
  }, 0);
}

const random = seededRandom(2);
const windows = windowNet();
const windowRows: Rows = Array.from({ length: 2 }, () => ({
  x: { dims: [1, 64, 6], values: Float32Array.from({ length: 384 }, () => random.normal()) },
}));
const same: Change = (tensor) => tensor;

/** Weights of convolutions [O, 1, W, I] with steps in each other's place. */
const swapped: Change = (tensor) => {
  if (tensor.values === undefined || tensor.dims.length !== 4) return tensor;
  const [outputs, , steps, width] = tensor.dims as [number, number, number, number];
  const values = tensor.values.slice() as Float32Array;
  for (let at = 0; at < values.length; at += 1) {
    const [o, s, i] = [Math.floor(at / (steps * width)), Math.floor(at / width) % steps, at % width];
    values[at] = tensor.values[(o * steps + (steps - 1 - s)) * width + i] as number;
  }
  expect(values.length).toBe(outputs * steps * width);
  return { ...tensor, values };
};

test("an axis that is written the other way round is caught", async () => {
  const graph = loweredOf(windows);
  expect(await farFrom(windows, faulty(graph, same), windowRows)).toBeLessThan(1e-5);
  expect(await farFrom(windows, faulty(graph, swapped), windowRows)).toBeGreaterThan(1e-3);
});

test("a zero point that is off is caught", async () => {
  const graph = loweredOf(windows, windowRows);
  const off: Change = (tensor) =>
    tensor.type === "INT8" && tensor.values === undefined && tensor.quantisation !== undefined
      ? {
          ...tensor,
          quantisation: {
            ...tensor.quantisation,
            zeroPoints: tensor.quantisation.zeroPoints.map((zero) => Math.min(127, zero + 16)),
          },
        }
      : tensor;
  const right = await farFrom(windows, faulty(graph, same), windowRows);
  expect(right).toBeLessThan(3e-2);
  expect(await farFrom(windows, faulty(graph, off), windowRows)).toBeGreaterThan(3e-2);
});

test("a feature that is one off is caught", async () => {
  const [{ model, feed }] = ensembleGraphs() as [ReturnType<typeof ensembleGraphs>[number]];
  const { dims, values } = feed["x"]!;
  const width = dims[1]!;
  const rows: Rows = Array.from({ length: 20 }, (_, row) => ({
    x: { dims: [1, width], values: Float32Array.from(values).slice(row * width, (row + 1) * width) },
  }));
  const graph = loweredOf(model);
  expect(await farFrom(model, faulty(graph, same), rows)).toBeLessThan(1e-5);
  // What says which number of a row a node reads: places in rows, or what such places are taken from.
  const gathers = graph.operators.filter(({ op }) => op === "GATHER");
  const places = new Set(
    gathers.filter(({ inputs }) => inputs[0]!.values === undefined).map(({ inputs }) => inputs[1]!),
  );
  const lists = new Set([
    ...places,
    ...gathers.filter(({ outputs }) => places.has(outputs[0]!)).map(({ inputs }) => inputs[0]!),
  ]);
  const nextFeature: Change = (tensor) =>
    lists.has(tensor) && tensor.values instanceof Int32Array
      ? { ...tensor, values: tensor.values.map((feature) => (feature + 1) % width) }
      : tensor;
  expect([...lists].some(({ values }) => values !== undefined)).toBe(true);
  expect(await farFrom(model, faulty(graph, nextFeature), rows)).toBeGreaterThan(1e-2);
});
