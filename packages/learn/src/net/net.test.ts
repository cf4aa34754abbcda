import { checkModel, interpret, writeOnnx, type Value } from "@tideline/graph";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../random.ts";
import { evaluationGraph } from "./evaluation-graph.ts";
import { inferenceGraph } from "./inference-graph.ts";
import { initialParameters, type FittedNumbers } from "./initial-parameters.ts";
import { constant, glorotUniform, heNormal, normal, orthogonal } from "./initialiser.ts";
import { relu } from "./layer/activation.ts";
import { attention, type AttentionContext } from "./layer/attention.ts";
import { batchNorm } from "./layer/batch-norm.ts";
import { conv1d } from "./layer/conv1d.ts";
import { dense } from "./layer/dense.ts";
import { dropout } from "./layer/dropout.ts";
import { embedding, paddingMask } from "./layer/embedding.ts";
import { flatten } from "./layer/flatten.ts";
import { gru } from "./layer/gru.ts";
import { maskedAveragePool, maskedMaxPool } from "./layer/masked-pool.ts";
import { maxPool1d } from "./layer/max-pool.ts";
import { layerFrom } from "./layer/registry.ts";
import { residual } from "./layer/residual.ts";
import { sequential } from "./layer/sequential.ts";
import { transformerBlock } from "./layer/transformer-block.ts";
import { entryValues } from "./layout.ts";
import { crossEntropy } from "./loss/cross-entropy.ts";
import { mse } from "./loss/mse.ts";
import type { Layer, Net } from "./net.ts";
import { adam } from "./optimiser/adam.ts";
import { adamw } from "./optimiser/adamw.ts";
import { sgd } from "./optimiser/sgd.ts";
import { netOf, normals, run } from "./testing/run-net.ts";
import { trainingStep } from "./training-step.ts";

const classifier = netOf(
  [9, 16],
  sequential(conv1d({ channels: 4, size: 3 }), batchNorm(), relu(), flatten(), dense({ units: 3 })),
);
const options = { batch: 4, loss: crossEntropy(), optimiser: adam() };

describe("a training step", () => {
  test("is the same bytes and begins with the same numbers for the same seed", () => {
    const [one, two] = [trainingStep(classifier, options), trainingStep(classifier, options)];
    expect(writeOnnx(one.model)).toEqual(writeOnnx(two.model));
    expect(initialParameters(one, 7)).toEqual(initialParameters(two, 7));
    expect(initialParameters(one, 7)).not.toEqual(initialParameters(one, 8));
  });

  test("lays parameters and states out by name, and says which decay", () => {
    const { parameters, states, slots, noise } = trainingStep(classifier, options);
    const entries = parameters.entries.map(({ name, dims, offset, decay }) => [name, dims, offset, decay]);
    expect(entries).toEqual([
      ["conv1d1/weight", [4, 9, 3], 0, true],
      ["conv1d1/bias", [4], 108, false],
      ["batchNorm1/scale", [4], 112, false],
      ["batchNorm1/bias", [4], 116, false],
      ["dense1/weight", [3, 56], 120, true],
      ["dense1/bias", [3], 288, false],
    ]);
    expect(states.entries.map(({ name, offset }) => [name, offset])).toEqual([
      ["batchNorm1/mean", 0],
      ["batchNorm1/variance", 4],
    ]);
    expect(slots).toEqual(["first_moment", "second_moment"]);
    expect(noise).toEqual([]);
  });

  test("is legal, and so few nodes that no shape is computed while it runs", () => {
    const mlp = netOf(
      [561],
      sequential(
        dense({ units: 128, activation: "relu" }),
        dense({ units: 64, activation: "relu" }),
        dense({ units: 6 }),
      ),
    );
    const { model } = trainingStep(mlp, options);
    expect(checkModel(model)).toBeDefined();
    expect(model.graph.nodes.filter(({ op }) => ["Shape", "ConstantOfShape"].includes(op))).toEqual([]);
    // 78 when this was written: about what forward, backward (a comparison and a Cast for each ReLU, which take less time than
    // one Sign) and the passes of Adam need.
    expect(model.graph.nodes.length).toBeLessThanOrEqual(78);
  });

  test("wants a net that declares something, inputs with names of their own, and one form", () => {
    const bare: Net = { ...classifier, forward: (_, { x }) => x! };
    expect(() => trainingStep(bare, options)).toThrow(/trainingStep: net: expected parameters to train/);
    const reserved: Net = { ...classifier, inputs: [{ name: "rate", elementType: "float32", dims: [2] }] };
    expect(() => trainingStep(reserved, options)).toThrow(/input's name.*"rate"/);
    expect(() => trainingStep({ ...classifier, inputs: [] }, options)).toThrow(/at least one/);
    expect(() => trainingStep(classifier, { ...options, batch: 0 })).toThrow(/batch: expected an integer/);
    let calls = 0;
    const fickle = netOf([2], (scope, x) => dense({ units: ++calls })(scope, x));
    expect(() => trainingStep(fickle, options)).toThrow(/the same parameters whenever it is written/);
    const twice = netOf([2], (scope, x) => dense({ units: 2 })(scope, dense({ units: 2 })(scope, x)));
    expect(() => trainingStep(twice, options)).toThrow(/each name once/);
    const fitted = { parameters: new Float32Array(3), state: new Float32Array(8) };
    expect(() => inferenceGraph(classifier, fitted)).toThrow(/291 numbers.*received 3/);
  });

  test("shrinks weights and not biases", () => {
    const net = netOf([2], dense({ units: 2 }));
    const step = trainingStep(net, { batch: 1, loss: mse({ outputs: 2 }), optimiser: adamw({ decay: 0.5 }) });
    const numbers = { parameters: Float32Array.of(1, 2, 3, 4, 5, 6), state: new Float32Array(0) };
    // A target that is met has no gradient: only decay moves anything.
    const given = { x: [1, 1], target: [8, 13], rate: [0.125] };
    expect([...run(step, numbers, given)["parameters_next"]!.values]).toEqual(
      [1, 2, 3, 4].map((value) => value * (1 - 0.0625)).concat(5, 6),
    );
  });
});

describe("initialisers", () => {
  test("have the spread that they promise", () => {
    const spread = (values: Float32Array) =>
      Math.sqrt(values.reduce((sum, v) => sum + v * v, 0) / values.length);
    const dims = [64, 32, 5];
    expect(spread(heNormal(seededRandom(1), dims)) / Math.sqrt(2 / 160)).toBeCloseTo(1, 1);
    const glorot = glorotUniform(seededRandom(1), dims);
    expect(spread(glorot) / Math.sqrt(2 / (160 + 320))).toBeCloseTo(1, 1);
    expect(Math.max(...glorot.map(Math.abs))).toBeLessThanOrEqual(Math.sqrt(6 / 480));
    expect(spread(normal(0.5)(seededRandom(1), dims))).toBeCloseTo(0.5, 1);
    expect([...constant(2)(seededRandom(1), [3])]).toEqual([2, 2, 2]);
    expect(() => constant(Number.NaN)).toThrow(/constant initialiser: value/);
  });

  test("orthogonal blocks are", () => {
    const q = orthogonal(seededRandom(2), [18, 6]);
    for (let row = 0; row < 18; row++)
      for (let other = row - (row % 6); other <= row; other++) {
        let dot = 0;
        for (let i = 0; i < 6; i++) dot += q[row * 6 + i]! * q[other * 6 + i]!;
        expect(dot).toBeCloseTo(row === other ? 1 : 0, 6);
      }
    expect(() => orthogonal(seededRandom(2), [5, 6])).toThrow(/blocks/);
  });
});

/** A net of ids, with their padding masked where a layer takes a mask. */
function tokens(body: (scope: Parameters<Layer>[0], x: Value, context: AttentionContext) => Value): Net {
  return {
    inputs: [{ name: "ids", elementType: "int64", dims: [5] }],
    forward(scope, { ids }) {
      const x = embedding({ entries: 9, size: 4, padding: 0 })(scope.within("words"), ids!);
      return dense({ units: 2 })(scope.within("head"), body(scope, x, { mask: paddingMask(scope, ids!, 0) }));
    },
  };
}

describe("layers", () => {
  test("dropout keeps the mean, drops its share, and is not there when shipped", () => {
    const net = netOf([4000], (scope, x) => {
      const { g } = scope;
      const kept = dropout({ rate: 0.3 })(scope, g.op("Add", [x, scope.parameter("one", [1], constant(1))]));
      return g.op("Unsqueeze", [g.op("ReduceMean", [kept, g.ints([1])], { keepdims: 0 }), g.ints([1])]);
    });
    const step = trainingStep(net, { batch: 2, loss: mse(), optimiser: sgd() });
    const numbers = initialParameters(step, 1);
    expect(step.noise).toEqual([{ name: "noise_1", dims: [2, 4000] }]);
    const x = new Float32Array(8000);
    const { values } = run(step, numbers, { x })["scores"]!;
    for (const mean of values) expect(Math.abs(mean - 1)).toBeLessThan(0.05);
    expect(values[0]).not.toBe(1);
    expect([...run(evaluationGraph(net, { batch: 2 }), numbers, { x })["scores"]!.values]).toEqual([1, 1]);
    expect(() => dropout({ rate: 1 })).toThrow(
      /dropout layer: rate: expected a number of at least 0 and below 1/,
    );
  });

  test("batchNorm's running statistics become those of the data", () => {
    const net = netOf([2, 5], sequential(batchNorm({ momentum: 0 }), flatten(), dense({ units: 1 })));
    const step = trainingStep(net, { batch: 6, loss: mse(), optimiser: sgd() });
    const x = normals(60, 3).map((value, at) => value * 2 + (at % 10 < 5 ? 1 : -3));
    const { values } = run(step, initialParameters(step, 1), { x, weight: [1, 1, 0.1, 3, 1, 0] })[
      "state_next"
    ]!;
    for (const channel of [0, 1]) {
      const own = [...x].filter((_, at) => at < 50 && Math.floor(at / 5) % 2 === channel);
      const mean = own.reduce((a, b) => a + b, 0) / own.length;
      const variance = own.reduce((a, b) => a + (b - mean) ** 2, 0) / (own.length - 1);
      expect(values[channel]).toBeCloseTo(mean, 10);
      expect(values[2 + channel]).toBeCloseTo(variance, 10);
    }
  });

  test.each([
    [
      "attention",
      (scope, x, context) => maskedAveragePool()(scope, attention({ heads: 2 })(scope, x, context), context),
    ],
    [
      "transformerBlock",
      (scope, x, context) =>
        maskedMaxPool()(scope, transformerBlock({ heads: 2 })(scope, x, context), context),
    ],
  ] satisfies [string, Parameters<typeof tokens>[0]][])("%s: padding is irrelevant", (_, body) => {
    const evaluate = (length: number, ids: readonly number[]) => {
      const net = tokens(body);
      const own: Net = { ...net, inputs: [{ ...net.inputs[0]!, dims: [length] }] };
      const graph = evaluationGraph(own, { batch: 1 });
      return [...run(graph, initialParameters(graph, 5), { ids })["scores"]!.values];
    };
    const short = evaluate(3, [4, 8, 1]);
    for (const [at, value] of evaluate(5, [4, 8, 1, 0, 0]).entries())
      expect(value).toBeCloseTo(short[at]!, 10);
    expect(evaluate(5, [0, 0, 0, 0, 0]).every(Number.isFinite)).toBe(true);
  });

  test("the padding of an embedding is zeros and is not trained", () => {
    const net = tokens((scope, x) => flatten()(scope, x));
    const step = trainingStep(net, { batch: 2, loss: crossEntropy(), optimiser: sgd() });
    const numbers = initialParameters(step, 5);
    const moved = run(step, numbers, { ids: [4, 0, 0, 8, 1, 2, 0, 4, 4, 3], target: [0, 1] });
    const changed = moved["parameters_next"]!.values.map((value, at) =>
      Math.abs(value - numbers.parameters[at]!),
    );
    const rows = Array.from({ length: 9 }, (_, row) =>
      changed.slice(4 * row, 4 * row + 4).some((by) => by > 0),
    );
    expect(rows).toEqual([false, true, true, true, true, false, false, false, true]);
  });

  test("a GRU's last state is that of a row's own length", () => {
    const net = (steps: number): Net => ({
      inputs: [
        { name: "x", elementType: "float32", dims: [steps, 2] },
        { name: "lengths", elementType: "int64", dims: [] },
      ],
      forward: (scope, { x, lengths }) =>
        gru({ units: 3, bidirectional: true })(scope, x!, { lengths: lengths! }),
    });
    const last = (steps: number, x: ArrayLike<number>) => {
      const graph = evaluationGraph(net(steps), { batch: 1 });
      return [...run(graph, initialParameters(graph, 2), { x, lengths: [3] })["scores"]!.values];
    };
    const series = normals(6, 4);
    const short = last(3, series);
    for (const [at, value] of last(5, [...series, 9, 9, 9, 9]).entries())
      expect(value).toBeCloseTo(short[at]!, 12);
    expect(short).toHaveLength(6);
  });

  test("what makes no sense names the layer, the option, what was wanted and what came", () => {
    expect(() => dense({ units: 0 })).toThrow(
      /dense layer: units: expected an integer of at least 1, received 0/,
    );
    expect(() => dense({ units: 1, activation: "softplus" as "relu" })).toThrow(
      /activation: expected one of relu/,
    );
    expect(() => conv1d({ channels: 3, size: 3, groups: 2 })).toThrow(/channels: expected a multiple of 2/);
    expect(() => conv1d({ channels: 3, size: 3, padding: "full" as "same" })).toThrow(
      /"same", "valid" or a number/,
    );
    expect(() => maxPool1d({ size: 2, padding: 2 })).toThrow(/padding: expected less than the window/);
    expect(() => embedding({ entries: 4, size: 2, padding: 4 })).toThrow(/padding: expected an id below 4/);
    const wrongs: readonly [Layer, RegExp][] = [
      [conv1d({ channels: 3, size: 99 }), /conv1d layer "conv1d1": size: expected a window of at most 16/],
      [maxPool1d({ size: 17 }), /maxPool1d layer "maxPool1d1": size/],
      [attention({ heads: 3 }), /attention layer "attention1": input: expected .*multiple of 3/],
      [embedding({ entries: 4, size: 2 }), /embedding layer "embedding1": input: expected int64/],
      [residual(conv1d({ channels: 3, size: 1 })), /residual layer "residual1": body/],
    ];
    for (const [layer, message] of wrongs)
      expect(() => trainingStep(netOf([9, 16], sequential(layer)), options)).toThrow(message);
  });

  test("plain data makes the same net", () => {
    const plain = netOf(
      [9, 16],
      sequential(
        ...(
          [
            { conv1d: { channels: 4, size: 3 } },
            "batchNorm",
            "relu",
            "flatten",
            { dense: { units: 3 } },
          ] as const
        ).map(layerFrom),
      ),
    );
    expect(writeOnnx(trainingStep(plain, options).model)).toEqual(
      writeOnnx(trainingStep(classifier, options).model),
    );
    expect(() => layerFrom("densely" as "relu")).toThrow(/layer: kind: expected one of attention/);
  });
});

test("the graph that is shipped has its activation and metadata, and no training in it", () => {
  const step = trainingStep(classifier, options);
  const fitted: FittedNumbers = initialParameters(step, 1);
  const model = inferenceGraph(classifier, fitted, { name: "activity", metadata: { classes: "a,b,c" } });
  expect(model.graph.inputs).toEqual([{ name: "x", elementType: "float32", dims: ["N", 9, 16] }]);
  expect(model.graph.nodes.map(({ op }) => op)).toEqual([
    "Conv",
    "BatchNormalization",
    "Relu",
    "Reshape",
    "Gemm",
    "Softmax",
  ]);
  expect(model.metadata).toEqual({ classes: "a,b,c" });
  const { probabilities } = interpret(model, { x: { dims: [2, 9, 16], values: normals(288) } });
  expect(probabilities!.values.slice(0, 3).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
  const weight = step.parameters.entries.find(({ name }) => name === "dense1/weight")!;
  expect(entryValues(fitted.parameters, weight)).toHaveLength(168);
});
