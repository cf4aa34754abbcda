import {
  differentiate,
  graphBuilder,
  interpret,
  type GraphBuilder,
  type OnnxModel,
  type Value,
} from "@tideline/graph";
import { quantise, quantiseWeights } from "@tideline/graph/compress";
import { expect, test } from "vitest";
import { onnxruntimeNode } from "../../../../pipeline/src/runtime/onnxruntime-node.ts";
import { inferenceGraph } from "../inference-graph.ts";
import { fakeQuantise } from "./fake-quantise.ts";
import { graphNet } from "./graph-net.ts";
import { accuracyOf, feedOf, fittedSwing, SWING_NET, swingRows, swingTraining } from "./testing/swing.ts";
import { trainQuantised } from "./train-quantised.ts";
import { narrowed, wholeNumbers, wholeTensor, widened, type WholeForm } from "./whole-weight.ts";

const rows = swingRows(320, 1);
const others = swingRows(200, 2);
const graph = fittedSwing().then((numbers) => inferenceGraph(SWING_NET, numbers));
const calibration = { runtime: onnxruntimeNode, rows: [feedOf(rows, 64)], method: "range" as const };
const QUANTISERS = {
  int8: async (model: OnnxModel) => (await quantise(model, { calibration })).model,
  "int4 weights": async (model: OnnxModel) => (await quantiseWeights(model, { bits: 4, block: 16 })).model,
};

test("rounding gives what whole numbers give, and lets the gradient through within the range", () => {
  const form: WholeForm = {
    elementType: "uint8",
    lowest: 0,
    highest: 255,
    scale: Float32Array.of(0.1),
    zero: Float32Array.of(100),
  };
  const given = Float32Array.of(0, 0.04, 0.05, 0.06, -0.17, 3, 15.49, 15.51, 40, -9.9, -10.1, 0.15);
  const g = graphBuilder("fake");
  const x = g.input("x", "float32", [given.length]);
  const y = fakeQuantise(g, x, form);
  const [dx] = differentiate(g, g.op("ReduceSum", [y], { keepdims: 0 }), [x]);
  g.output("y", y);
  g.output("dx", dx!);
  const q = graphBuilder("real");
  const z = q.input("x", "float32", [given.length]);
  const ends = [q.scalar(0.1), q.constant(Uint8Array.of(100), [])];
  q.output("y", q.op("DequantizeLinear", [q.op("QuantizeLinear", [z, ...ends]), ...ends]));
  const feed = { x: { dims: [given.length], values: given } };
  const [fake, real] = [g.build(), q.build()].map((model) => interpret(model, feed));
  for (const [at, value] of real!["y"]!.values.entries())
    expect(fake!["y"]!.values[at]).toBeCloseTo(value, 6);
  expect([...fake!["dx"]!.values]).toEqual([...given].map((value) => (value > 15.5 || value < -10 ? 0 : 1)));
});

test("whole numbers of four bits are packed and unpacked", () => {
  const like = { name: "w", elementType: "int4" as const, dims: [5], values: new Uint8Array(3) };
  const form: WholeForm = {
    elementType: "int4",
    lowest: -8,
    highest: 7,
    scale: Float32Array.of(0.5),
    zero: Float32Array.of(0),
  };
  const whole = narrowed(form, Float32Array.of(-9, -1.2, 0.25, 0.75, 99));
  expect([...whole]).toEqual([-8, -2, 0, 2, 7]);
  expect([...wholeNumbers(wholeTensor(like, whole))]).toEqual([...whole]);
  expect([...widened(form, whole)]).toEqual([-4, -1, 0, 1, 3.5]);
});

test.each(Object.entries(QUANTISERS))(
  "the net that is trained is the graph of %s that is shipped",
  async (_, quantiser) => {
    const whole = await quantiser(await graph);
    const { net, numbers, model } = graphNet(whole);
    expect(model(numbers)).toEqual(whole);
    const feed = feedOf(others, 5);
    const [shipped, trained] = [whole, inferenceGraph(net, numbers)].map(
      (one) => interpret(one, feed)["probabilities"]!.values,
    );
    for (const [at, value] of shipped!.entries()) expect(trained![at]).toBeCloseTo(value, 3);
  },
);

test.each(Object.entries(QUANTISERS))(
  "training behind rounding to %s keeps the graph and its ranges, and does not do worse",
  async (_, quantiser) => {
    const { model, calibrated, fitted } = await trainQuantised(await graph, rows, {
      ...swingTraining,
      quantise: quantiser,
      epochs: 2,
    });
    expect(model.graph.nodes).toEqual(calibrated.graph.nodes);
    const form = ({ graph: { initializers } }: OnnxModel) =>
      initializers.map(({ name, dims, elementType, values }) => [
        name,
        dims,
        elementType,
        ...(/scale|zero/.test(name) ? [values] : []),
      ]);
    expect(form(model)).toEqual(form(calibrated));
    expect(model).not.toEqual(calibrated);
    expect(fitted.curves).toHaveLength(2);
    expect(await accuracyOf(model, others)).toBeGreaterThanOrEqual(
      (await accuracyOf(calibrated, others)) - 0.02,
    );
  },
);

test("training begins with the weights before rounding", async () => {
  const folded: OnnxModel[] = [];
  const whole = await QUANTISERS.int8(await graph);
  await trainQuantised(await graph, rows, {
    ...swingTraining,
    quantise: (one) => {
      folded.push(one);
      return whole;
    },
    epochs: 1,
  });
  const exact = graphNet(whole, { origin: folded[0]! }).numbers.parameters;
  const rounded = graphNet(whole).numbers.parameters;
  expect(exact).not.toEqual(rounded);
  const far = exact.reduce((most, value, at) => Math.max(most, Math.abs(value - rounded[at]!)), 0);
  expect(far).toBeLessThan(0.05);
  // Weights of another graph are not taken for those before rounding.
  const doubled = {
    ...folded[0]!,
    graph: {
      ...folded[0]!.graph,
      initializers: folded[0]!.graph.initializers.map((tensor) =>
        tensor.elementType === "float32"
          ? { ...tensor, values: (tensor.values as Float32Array).map((value) => 2 * value) }
          : tensor,
      ),
    },
  };
  expect(graphNet(whole, { origin: doubled }).numbers.parameters).toEqual(rounded);
});

const WIDENINGS = {
  DequantizeLinear: (g: GraphBuilder, whole: Value) => g.op("DequantizeLinear", [whole, g.scalar(0.02)]),
  "a Cast and a product": (g: GraphBuilder, whole: Value) =>
    g.op("Mul", [g.op("Sub", [g.op("Cast", [whole], { to: 1 }), g.scalar(3)]), g.scalar(0.02)]),
};

test.each(Object.entries(WIDENINGS))(
  "waves of whole numbers that are no weights stay as they are behind %s",
  (_, widening) => {
    const g = graphBuilder("waves");
    const x = g.input("x", "float32", ["N", 4]);
    const widened = (name: string, dims: readonly number[]) => {
      const whole = Int8Array.from({ length: dims[0]! * dims[1]! }, (_, at) => (at * 37) % 101);
      return widening(g, g.initializer(name, whole, dims));
    };
    const power = g.op("Abs", [g.op("MatMul", [x, widened("waves", [4, 4])])]);
    g.output("y", g.op("Gemm", [power, widened("weight", [4, 2])]));
    const model = g.build();
    const [layers, all] = [
      graphNet(model),
      graphNet(model, { trained: ({ elementType }) => elementType === "int8" }),
    ];
    expect(layers.trained).toEqual(["weight"]);
    expect(all.trained).toEqual(["waves", "weight"]);
    const feed = { x: { dims: [2, 4], values: Float32Array.from({ length: 8 }, (_, at) => at - 3) } };
    const [own, every] = [layers, all].map(({ net, numbers, model: given }) => {
      expect(given(numbers)).toEqual(model);
      return Object.values(interpret(inferenceGraph(net, numbers), feed))[0]!.values;
    });
    expect(own!.length).toBe(4);
    for (const [at, value] of own!.entries()) expect(value).toBeCloseTo(every![at]!, 5);
  },
);

test.each([32, 35])(
  "weights of %i inputs in blocks of four bits begin as what they were rounded from",
  async (inputs) => {
    const g = graphBuilder("blocks");
    const weights = Float32Array.from({ length: inputs * 5 }, (_, at) => Math.sin(at * at));
    g.output("y", g.op("Gemm", [g.input("x", "float32", ["N", inputs]), g.constant(weights, [inputs, 5])]));
    const exact = g.build();
    const { model } = await quantiseWeights(exact, { bits: 4, block: 16 });
    const begin = graphNet(model, { origin: exact }).numbers.parameters;
    expect(begin.slice(0, weights.length)).toEqual(weights);
    expect(begin.slice(weights.length).every((value) => value === 0)).toBe(true);
  },
);
