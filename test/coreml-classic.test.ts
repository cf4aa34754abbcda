import {
  float32Values,
  graphBuilder,
  inline,
  interpret,
  writeOnnx,
  type GraphBuilder,
  type OnnxModel,
  type Value,
} from "@tideline/graph";
import { checkClassicForm, interpretClassic, readClassicForm, writeMlModel } from "@tideline/graph/coreml";
import { textInputs } from "@tideline/learn/transform";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { onnxruntimeNode } from "../packages/pipeline/src/runtime/onnxruntime-node.ts";
import { chainCase } from "./coreml/chain-graph.ts";
import { bytesOf, compared, type Feeds } from "./coreml/classic-row.ts";
import { ensembleGraphs } from "./litert/suite-tree.ts";

const FLOATS = fc.float({ noNaN: true });

/** The numbers around each threshold, the ends, and what is missing. */
function tryingNumbers(thresholds: readonly number[]): readonly number[] {
  const beside = (value: number): readonly number[] => {
    const view = new DataView(new ArrayBuffer(4));
    view.setFloat32(0, value);
    return [-1, 0, 1].map((step) => {
      const near = new DataView(new ArrayBuffer(4));
      near.setInt32(0, view.getInt32(0) + step);
      return near.getFloat32(0);
    });
  };
  const ends = [0, -0, 2 ** -149, -(2 ** -149), 3.4e38, -3.4e38, Infinity, -Infinity, NaN];
  return [...thresholds.flatMap((value) => (Number.isFinite(value) ? beside(value) : [value])), ...ends];
}

/** A branch at each threshold of every mode and direction for what is missing, each a tree of its own that adds a power of two. */
function branchModel(
  branches: readonly { readonly mode: string; readonly value: number; readonly missing: boolean }[],
): OnnxModel {
  const g = graphBuilder("branches");
  const x = g.input("x", "float32", ["N", 1]);
  const each = <T>(of: (branch: (typeof branches)[number], tree: number) => readonly T[]): T[] =>
    branches.flatMap(of);
  const y = g.op("TreeEnsembleRegressor", [x], {
    nodes_treeids: each((_, tree) => [tree, tree, tree]),
    nodes_nodeids: each(() => [0, 1, 2]),
    nodes_modes: each(({ mode }) => [mode, "LEAF", "LEAF"]),
    nodes_featureids: each(() => [0, 0, 0]),
    nodes_values: each(({ value }) => [value, 0, 0]),
    nodes_truenodeids: each(() => [1, 0, 0]),
    nodes_falsenodeids: each(() => [2, 0, 0]),
    nodes_missing_value_tracks_true: each(({ missing }) => [missing ? 1 : 0, 0, 0]),
    target_treeids: each((_, tree) => [tree, tree]),
    target_nodeids: each(() => [1, 2]),
    target_ids: each(() => [0, 0]),
    target_weights: each((_, tree) => [2 ** tree, 0]),
    n_targets: 1,
  });
  g.output("y", y);
  return g.build();
}

/** What onnxruntime says, in single precision. */
async function singleAnswer(model: OnnxModel, feeds: Feeds, output: string): Promise<ArrayLike<number>> {
  const graph = await onnxruntimeNode.load(writeOnnx(model));
  const given = model.graph.inputs.map(({ name, elementType }) => {
    const { dims, values } = feeds[name]!;
    const own =
      elementType === "int64" ? BigInt64Array.from(values as number[], BigInt) : Float32Array.from(values);
    return [name, { dims, values: own }] as const;
  });
  const answer = await graph.run(Object.fromEntries(given), [output]);
  await graph.release();
  return float32Values({ [output]: answer[output]! }, output);
}

const MODES = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"];

describe("classic trees", () => {
  test("every mode goes the way of the graph at its threshold, beside it, at the ends and missing", () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ mode: fc.constantFrom(...MODES), value: FLOATS, missing: fc.boolean() }), {
          minLength: 1,
          maxLength: 12,
        }),
        (branches) => {
          const values = tryingNumbers(branches.map(({ value }) => value));
          const { far } = compared(branchModel(branches), { x: { dims: [values.length, 1], values } });
          expect(far).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("ensembles with sets of categories say what the interpreter says, to the last digit", () => {
    for (const { name, model, feed } of ensembleGraphs()) {
      const truth = interpret(model, feed)["scores"]!.values;
      expect([name, truth.every(Number.isFinite)]).toEqual([name, true]);
      const { far } = compared(model, feed, {}, { truth });
      expect([name, far <= 1e-12]).toEqual([name, true]);
    }
  });

  test("the same graph gives the same bytes", () => {
    const [{ model }] = ensembleGraphs() as [ReturnType<typeof ensembleGraphs>[0]];
    expect(bytesOf(model)).toEqual(bytesOf(model));
  });

  test("an index of a feature that is one off is caught: beyond the vector by the checks, within it by the answers", () => {
    const { model, feed } = ensembleGraphs()[1]!;
    const form = readClassicForm(bytesOf(model));
    if (form.body.kind !== "trees") throw new Error("trees");
    const shifted = (by: number): typeof form => ({
      ...form,
      body: {
        ...(form.body as Extract<typeof form.body, { kind: "trees" }>),
        nodes: (form.body as Extract<typeof form.body, { kind: "trees" }>).nodes.map((node) => ({
          ...node,
          feature: node.behaviour === 6 ? 0 : (node.feature + by) % (by === 1 ? 4 : 3),
        })),
      },
    });
    const all = shifted(1);
    expect(() => checkClassicForm(all)).toThrow("feature index below 3");
    const around = shifted(2);
    expect(() => checkClassicForm(around)).not.toThrow();
    const rows = Array.from({ length: feed["x"]!.dims[0]! }, (_, row) =>
      Array.from({ length: 3 }, (__, at) => feed["x"]!.values[row * 3 + at]!),
    );
    const differ = rows.filter(
      (x) =>
        JSON.stringify([...(Object.values(interpretClassic(form, { x }))[1] as never)]) !==
        JSON.stringify([...(Object.values(interpretClassic(around, { x }))[1] as never)]),
    );
    expect(differ.length).toBeGreaterThan(0);
  });
});

describe("preparation in front", () => {
  test("imputers, scalers and texts before a linear model", () => {
    for (const seed of [1, 2, 3]) {
      const { model, coded, feeds, dictionaries } = chainCase("linear", seed);
      const truth = interpret(coded, feeds)["probabilities"]!.values;
      const { far, other } = compared(model, feeds, { labels: ["a", "b", "c"] }, { truth, dictionaries });
      expect([other, far < 1e-6]).toEqual([0, true]);
    }
  });

  test("a place that a one-hot vector has not is nowhere, not its last", () => {
    const g = graphBuilder("nowhere");
    const place = g.op("Squeeze", [g.input("city", "int64", ["N", 1]), g.ints([1])]);
    const hot = g.op("OneHot", [place, g.scalar(3, "int64"), g.constant(Float32Array.of(0, 1))]);
    const weights = g.constant(Float32Array.of(0, 1, 0, 2, 0, 4), [3, 2]);
    g.output("p", g.op("Softmax", [g.op("Gemm", [hot, weights])], { axis: -1 }));
    const coded = g.build();
    const dictionaries = { city: ["Oslo", "Lyon", "Rome", "\u0000"] };
    const feeds: Feeds = { city: { dims: [5, 1], values: [0, 1, 2, 3, 3] } };
    const truth = interpret(coded, feeds)["p"]!.values;
    expect(truth[7]).toBe(0.5);
    const found = compared(
      textInputs(coded, dictionaries),
      feeds,
      { labels: ["no", "yes"] },
      { truth, dictionaries },
    );
    expect(found).toMatchObject({ far: expect.closeTo(0, 6), other: 0 });
  });

  test("features of one column with lines and fills of their own, with a curve before trees alone", async () => {
    const g = graphBuilder("twice");
    const x = g.input("x", "float32", ["N", 1]);
    const filled = g.op("Where", [g.op("IsNaN", [x]), g.scalar(3), x]);
    const [one, other] = [
      g.op("Div", [g.op("Sub", [filled, g.scalar(1)]), g.scalar(-4)]),
      g.op("Where", [g.op("IsNaN", [x]), g.scalar(-8), g.op("Sub", [g.scalar(5), g.op("Neg", [x])])]),
    ];
    const flag = g.op("Cast", [g.op("IsNaN", [x])], { to: 1 });
    const features = g.op("Concat", [one, other, flag], { axis: 1 });
    g.output(
      "y",
      g.op("Gemm", [
        features,
        g.constant(Float32Array.of(2, 0.5, 7), [3, 1]),
        g.constant(Float32Array.of(1)),
      ]),
    );
    const values = Float32Array.of(-100, -1, 0, 0.5, 1e4, Number.NaN);
    const feeds = { x: { dims: [values.length, 1], values } };
    expect(compared(g.build(), feeds).far).toBeLessThan(1e-9);

    const bent = graphBuilder("bent");
    const raw = bent.input("x", "float32", ["N", 1]);
    const root = bent.op("Sqrt", [
      bent.op("Abs", [bent.op("Clip", [raw, bent.scalar(-9), bent.scalar(50)])]),
    ]);
    const branches = [
      { mode: "BRANCH_LEQ", value: 2, missing: true },
      { mode: "BRANCH_GT", value: 3, missing: false },
    ];
    bent.output("y", inline(bent, branchModel(branches), { x: root })["y"]!);
    // Runtimes disagree about the limits of NaN.
    const trying = tryingNumbers([4, -4, 9, -9, 50]).filter((value) => !Number.isNaN(value));
    const bentFeeds = { x: { dims: [trying.length, 1], values: trying } };
    const truth = await singleAnswer(bent.build(), bentFeeds, "y");
    expect(compared(bent.build(), bentFeeds, {}, { truth }).far).toBe(0);
    expect(compared(bent.build(), { x: { dims: [1, 1], values: [Number.NaN] } }).far).toBe(0);
    const linear = graphBuilder("bent linear");
    const own = linear.input("x", "float32", ["N", 1]);
    linear.output("y", linear.op("Sqrt", [own]));
    expect(() => bytesOf(linear.build())).toThrow("bends");
  });

  test.each(["linear", "trees"])(
    "a missing text, another text and each of the known ones before %s",
    (kind) => {
      const g = graphBuilder("texts");
      const dictionary = ["Kraków", "東京", "\u0000"];
      const city = g.input("city", "int64", ["N", 1]);
      const table = g.constant(Float32Array.of(1, -2, 30, 400), [4, 1]);
      const found = g.op("Squeeze", [g.op("Gather", [table, city]), g.ints([1])]);
      const branches = [0, 10, 100].map((value) => ({ mode: "BRANCH_LEQ", value, missing: false }));
      g.output("y", kind === "linear" ? found : inline(g, branchModel(branches), { x: found })["y"]!);
      const model = textInputs(g.build(), { city: dictionary });
      const form = readClassicForm(bytesOf(model));
      checkClassicForm(form);
      const say = (text: string): unknown => interpretClassic(form, { city: text })["y"];
      const answers = kind === "linear" ? [1, -2, 30, 400] : [6, 7, 4, 0];
      expect(["Kraków", "東京", "Ushuaia", ""].map(say)).toEqual(answers);
    },
  );

  test("scalers and texts before trees, as onnxruntime computes them in single precision", async () => {
    for (const seed of [1, 2, 3]) {
      const { model, coded, feeds, dictionaries } = chainCase("trees", seed);
      const truth = await singleAnswer(coded, feeds, "probabilities");
      const { far, other } = compared(model, feeds, { labels: ["no", "yes"] }, { truth, dictionaries });
      expect([other, far < 1e-6]).toEqual([0, true]);
    }
  });

  test("what a sum takes from small numbers, the next does not give back", () => {
    const g = graphBuilder("sums");
    const x = g.input("x", "float32", ["N", 1]);
    const back = g.op("Add", [g.op("Sub", [x, g.scalar(1)]), g.scalar(1)]);
    g.output(
      "y",
      inline(g, branchModel([{ mode: "BRANCH_GT", value: 0, missing: false }]), { x: back })["y"]!,
    );
    const feeds = { x: { dims: [2, 1], values: [2 ** -40, 0.5] } };
    expect(compared(g.build(), feeds, {}, { truth: [0, 1] }).far).toBe(0);
  });

  test("a scaled threshold is asked at the very number at which a runtime of single precision passes it", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.float({ noNaN: true, min: -1e6, max: 1e6 }),
        fc.float({ noNaN: true, min: Math.fround(1e-6), max: 1e6 }),
        fc.array(fc.float({ noNaN: true, min: -100, max: 100 }), { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        async (mean, scale, thresholds, falls) => {
          const branches = thresholds.map((value, at) => ({
            mode: MODES[at % 6]!,
            value,
            missing: at % 2 === 0,
          }));
          const g = graphBuilder("scaled");
          const x = g.input("x", "float32", ["N", 1]);
          const factor = Math.fround((falls ? -1 : 1) / scale);
          const scaled = g.op("Mul", [
            g.op("Sub", [x, g.constant(Float32Array.of(mean))]),
            g.constant(Float32Array.of(factor)),
          ]);
          g.output("y", inline(g, branchModel(branches), { x: scaled })["y"]!);
          const model = g.build();
          const values = tryingNumbers(
            thresholds.flatMap((value) => {
              const near = Math.fround(value / factor + mean);
              return [near, ...tryingNumbers([near]).slice(0, 3)];
            }),
          );
          const truth = await singleAnswer(model, { x: { dims: [values.length, 1], values } }, "y");
          expect(compared(model, { x: { dims: [values.length, 1], values } }, {}, { truth }).far).toBe(0);
        },
      ),
      { numRuns: 25 },
    );
  });
});

test("one score through a sigmoid is a probability, or two classes; a linear model of one column is one", () => {
  const g = graphBuilder("sigmoid");
  const x = g.input("x", "float32", ["N", 3]);
  const score = g.op("Add", [
    g.op("MatMul", [x, g.constant(Float32Array.of(0.5, -2, 1), [3, 1])]),
    g.constant(Float32Array.of(0.25), [1]),
  ]);
  g.output("p", g.op("Sigmoid", [score]));
  const model = g.build();
  const feeds = { x: { dims: [2, 3], values: Float32Array.of(1, 2, 3, -4, 0.5, 100) } };
  expect(compared(model, feeds).far).toBeLessThan(1e-12);
  const two = writeMlModel(model, { labels: ["no", "yes"] });
  if (!two.ok) throw new Error(JSON.stringify(two.reasons));
  const answer = interpretClassic(readClassicForm(two.bytes), { x: [1, 2, 3] });
  const share = 1 / (1 + Math.exp(0.25));
  expect(answer["classLabel"]).toBe("no");
  const shares = answer["classProbability"] as ReadonlyMap<string, number>;
  expect([...shares.keys()]).toEqual(["no", "yes"]);
  expect(shares.get("yes")).toBeCloseTo(share, 12);
  expect(shares.get("no")).toBeCloseTo(1 - share, 12);
  // Of an infinite score one class is sure, as it is in the graph.
  for (const [infinite, sure] of [
    [Infinity, "yes"],
    [-Infinity, "no"],
  ] as const) {
    const told = interpretClassic(readClassicForm(two.bytes), { x: [infinite, 2, 3] });
    expect(told["classLabel"]).toBe(sure);
    expect((told["classProbability"] as ReadonlyMap<string, number>).get(sure)).toBe(1);
  }

  const one = graphBuilder("one");
  const y = one.input("x", "float32", ["N", 1]);
  one.output(
    "y",
    one.op("Gemm", [y, one.constant(Float32Array.of(3), [1, 1]), one.constant(Float32Array.of(-1))]),
  );
  expect(compared(one.build(), { x: { dims: [3, 1], values: Float32Array.of(0, 1, -7) } }).far).toBe(0);
});

describe("refusals", () => {
  const softmax = (weights: readonly number[]): OnnxModel => {
    const g = graphBuilder("softmax");
    const x = g.input("x", "float32", ["N", 1]);
    g.output(
      "y",
      g.op("Softmax", [g.op("MatMul", [x, g.constant(Float32Array.from(weights), [1, weights.length])])]),
    );
    return g.build();
  };
  test.each([
    ["a weight that is NaN", [Number.NaN, 1], {}, "finite"],
    ["a label too many", [1, 2], { labels: ["a", "b", "c"] }, "2 labels"],
    ["a label twice", [1, 2], { labels: ["a", "a"] }, "differ"],
    ["labels of two kinds", [1, 2], { labels: ["a", 1] as never }, "neither"],
    ["half a character", [1, 2], { labels: ["\ud800", "b"] }, "Unicode"],
    ["an input that is none", [1, 2], { inputs: { z: {} } }, "no input"],
    ["a name too many", [1, 2], { inputs: { x: { columns: ["a", "b"] } } }, "1 names"],
    ["an output that is none", [1, 2], { output: "z" }, "0 outputs"],
  ])("%s", (_, weights, options, said) => {
    expect(() => bytesOf(softmax(weights), options)).toThrow(said);
  });

  const asked = (
    type: "float32" | "int64",
    of: (g: GraphBuilder, x: Value) => Value,
    value = 2,
  ): OnnxModel => {
    const g = graphBuilder("asked");
    const x = of(g, g.input("x", type, ["N", 1]));
    const branch = { mode: "BRANCH_LEQ", value, missing: false };
    g.output("y", inline(g, branchModel([branch]), { x: g.op("Cast", [x], { to: 1 }) })["y"]!);
    return g.build();
  };
  test.each([
    ["a half", asked("float32", (g, x) => g.op("Cast", [x], { to: 10 })), "float16"],
    ["a byte", asked("float32", (g, x) => g.op("Cast", [x], { to: 2 })), "uint8"],
    [
      "a whole number beyond single precision",
      asked("int64", (g, x) => g.op("Equal", [x, g.constant(BigInt64Array.of(2n ** 24n + 1n), [1])])),
      "constants",
    ],
    ["a question beside which whole numbers round", asked("int64", (_, x) => x, 2 ** 24), "rounds"],
    [
      "such a question behind a look-up",
      asked(
        "int64",
        (g, x) => g.op("GreaterOrEqual", [x, g.constant(BigInt64Array.of(2n ** 24n + 4n), [1])]),
        0.5,
      ),
      "rounds",
    ],
  ])("%s", (_, model, said) => {
    expect(() => bytesOf(model)).toThrow(said);
  });

  test("whole scores, and a text of half a character", () => {
    const g = graphBuilder("whole");
    const x = g.input("x", "float32", ["N", 1]);
    const branch = { mode: "BRANCH_LEQ", value: 1, missing: false };
    g.output("y", g.op("Cast", [inline(g, branchModel([branch]), { x })["y"]!], { to: 7 }));
    expect(() => bytesOf(g.build())).toThrow("int64");
    const text = textInputs(
      asked("int64", (_, code) => code),
      { x: ["\ud800", "a"] },
    );
    expect(() => bytesOf(text)).toThrow("Unicode");
  });

  test("quotients of whole numbers, and NaN as one, are what graphs say", () => {
    const quotient = asked("int64", (own, x) => own.op("Div", [x, own.constant(BigInt64Array.of(3n), [1])]));
    const values = [5, 6, 8, 9, -1, -9];
    expect(compared(quotient, { x: { dims: [6, 1], values } }).far).toBe(0);
    const nan = asked("float32", (own, x) => own.op("Cast", [x], { to: 7 }));
    expect(compared(nan, { x: { dims: [2, 1], values: [Number.NaN, 3] } }).far).toBe(0);
  });

  test("a name of a column that an output has is malformed", () => {
    expect(() => bytesOf(softmax([1, 2]), { inputs: { x: { columns: ["classLabel"] } } })).toThrow(
      "each name once",
    );
  });
});

test("what has no classic form is told with a reason and what comes nearest", () => {
  const g = graphBuilder("curve");
  const x = g.input("x", "float32", ["N", 2]);
  g.output("y", g.op("Exp", [g.op("Gemm", [x, g.constant(Float32Array.of(1, 2), [2, 1])])]));
  const result = writeMlModel(g.build());
  expect(result.ok).toBe(false);
  expect(!result.ok && result.reasons).toMatchObject([
    { op: "Exp", instead: expect.stringContaining("app") },
  ]);
});
