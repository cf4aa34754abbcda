import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { checkModel } from "../check.ts";
import { writeMlModel } from "../coreml/index.ts";
import type { OnnxTensor, ValueInfo } from "../onnx.ts";
import { interpret } from "../interpret.ts";
import { readOnnx } from "../onnx-read.ts";
import { optimise } from "../optimise/optimise.ts";
import { textLookups } from "../source/text-lookup.ts";
import { standardOperators } from "./standard-operators.ts";
import { toldOutputs } from "./told-output.ts";
import {
  agree,
  double,
  info,
  modelOf,
  node,
  rows,
  runs,
  whole,
  x,
  y,
  type Feeds,
  type Given,
} from "./testing/ml-model.ts";

test.each<[string, string, Record<string, Given>, Feeds, readonly ValueInfo[]]>([
  ["Scaler, one a column", "Scaler", { offset: [0.1, -0.2, 0.3], scale: [2, 0.5, 1.25] }, x(3, true), y()],
  ["Scaler, one for all", "Scaler", { offset: [0.1], scale: [2] }, x(), y()],
  ["Scaler of whole numbers", "Scaler", { offset: [0.1], scale: [2] }, whole(), y()],
  ["Scaler of doubles", "Scaler", { offset: [0.1], scale: [2] }, double(), y()],
  ["Normalizer L1", "Normalizer", { norm: "L1" }, x(3, true), y()],
  ["Normalizer L2", "Normalizer", { norm: "L2" }, x(3, true), y()],
  ["Normalizer MAX", "Normalizer", { norm: "MAX" }, x(3), y()],
  ["Normalizer by default", "Normalizer", {}, x(3), y()],
  ["Normalizer of whole numbers", "Normalizer", { norm: "L2" }, whole(), y()],
  [
    "Imputer of NaN",
    "Imputer",
    { imputed_value_floats: [1, 2, 3], replaced_value_float: NaN },
    x(3, true),
    y(),
  ],
  ["Imputer of a number", "Imputer", { imputed_value_floats: [5], replaced_value_float: 1 }, x(3), y()],
  ["Imputer of zeros by default", "Imputer", { imputed_value_floats: [5, 6, 7] }, x(3), y()],
  [
    "Imputer of whole numbers",
    "Imputer",
    { imputed_value_int64s: [5, 6, 7], replaced_value_int64: 2 },
    whole(),
    y("int64"),
  ],
  ["Binarizer", "Binarizer", { threshold: 1 }, x(3), y()],
  ["Binarizer by default", "Binarizer", {}, x(3), y()],
  [
    "OneHotEncoder of whole numbers",
    "OneHotEncoder",
    { cats_int64s: [2, -1, 0] },
    whole(2),
    y("float32", ["N", 2, 3]),
  ],
  [
    "OneHotEncoder of fractions",
    "OneHotEncoder",
    { cats_int64s: [2, -1, 0] },
    x(2),
    y("float32", ["N", 2, 3]),
  ],
  [
    "LabelEncoder of whole numbers",
    "LabelEncoder",
    { keys_int64s: [2, -1, 2], values_int64s: [7, 8, 9], default_int64: 5 },
    whole(),
    y("int64"),
  ],
  [
    "LabelEncoder to fractions",
    "LabelEncoder",
    { keys_int64s: [2, -1], values_floats: [0.1, 8], default_float: 5 },
    whole(),
    y(),
  ],
  [
    "LabelEncoder of fractions",
    "LabelEncoder",
    { keys_floats: [0, NaN, 1], values_int64s: [7, 8, 9] },
    x(3, true),
    y("int64"),
  ],
  [
    "LabelEncoder to texts",
    "LabelEncoder",
    { keys_int64s: [0, 1, 2], values_strings: ["a", "b", "a"], default_string: "z" },
    whole(),
    y("string"),
  ],
  ["LabelEncoder of classes", "LabelEncoder", { classes_strings: ["a", "b"] }, whole(), y("string")],
  [
    "LinearRegressor",
    "LinearRegressor",
    { coefficients: [0.5, -1, 2], intercepts: [0.25] },
    x(3, true),
    y("float32", ["N", 1]),
  ],
  [
    "LinearRegressor without intercepts",
    "LinearRegressor",
    { coefficients: [0.5, -1, 2] },
    x(),
    y("float32", ["N", 1]),
  ],
  [
    "LinearRegressor of two",
    "LinearRegressor",
    { coefficients: [0.5, -1, 2, 3, 4, 5], intercepts: [0.25, 1], targets: 2 },
    x(),
    y("float32", ["N", 2]),
  ],
])("%s", async (_, op, given, feeds, outputs) => {
  const model = modelOf([node(op, ["x"], ["y"], given)], feeds, outputs);
  await agree(model, feeds);
  // From version 4 on a missing number is found.
  if (op === "LabelEncoder" && !("classes_strings" in given))
    await agree({ ...model, opsets: [model.opsets[0]!, { domain: "ai.onnx.ml", version: 4 }] }, feeds);
});

const three = { coefficients: [1, -2, 0.5, 0.25, 1.5, -1, 0.5, 0.5, -0.125], intercepts: [0.1, -0.2, 0.3] };
const two = { coefficients: [1, -2, 0.5, -1, 2, -0.5], intercepts: [0.1, -0.1] };
const one = { coefficients: [1, -2, 0.5], intercepts: [0.25] };

test.each(
  (["NONE", "LOGISTIC", "SOFTMAX"] as const).flatMap((post_transform) =>
    [
      ["three rows", { ...three, classlabels_ints: [0, 1, 2] }],
      ["three rows, other numbers", { ...three, classlabels_ints: [7, -3, 2] }],
      ["three rows, texts", { ...three, classlabels_strings: ["no", "yes", "?"] }],
      ["two rows", { ...two, classlabels_ints: [0, 1] }],
      ["one row", { ...one, classlabels_ints: [3, 5] }],
      ["one row, texts", { ...one, classlabels_strings: ["no", "yes"] }],
    ].map(([name, given]) => [post_transform, name, given] as const),
  ),
)("LinearClassifier %s, %s", async (post_transform, _, given) => {
  const { coefficients, classlabels_strings } = given as typeof three & { classlabels_strings?: string[] };
  const classes = Math.max(2, coefficients.length / 3);
  const feeds = x(3, true);
  const label = info("label", classlabels_strings ? "string" : "int64", ["N"]);
  const nodes = [
    node("LinearClassifier", ["x"], ["label", "s"], { ...(given as object), post_transform }),
    node("Normalizer", ["s"], ["p"], { norm: "L1" }),
  ];
  await agree(
    modelOf(nodes, feeds, [
      label,
      info("s", "float32", ["N", classes]),
      info("p", "float32", ["N", classes]),
    ]),
    feeds,
  );
});

test("the length of a row of large numbers does not overflow", async () => {
  const feeds = {
    x: { type: "float32", dims: [2, 3], cells: Float32Array.of(3e30, 4e30, 0, -1e-30, 0, 0) },
  } as const;
  const { model } = standardOperators(
    modelOf([node("Normalizer", ["x"], ["y"], { norm: "L2" })], feeds, y()),
  );
  const { data } = (await runs(model, feeds))["y"]!;
  for (const [at, right] of [0.6, 0.8, 0, -1, 0, 0].entries())
    expect((data as Float32Array)[at]).toBeCloseTo(right, 6);
});

test("columns by their places", async () => {
  const feeds = x(4);
  const places = {
    name: "places",
    elementType: "int64",
    dims: [1, 3],
    values: BigInt64Array.of(3n, 0n, 3n),
  } as const;
  const model = modelOf([node("ArrayFeatureExtractor", ["x", "places"], ["y"])], feeds, y());
  await agree({ ...model, graph: { ...model.graph, initializers: [places] } }, feeds);
});

test("labels of a list by places, and an output that is of another width than the file says", async () => {
  const list = {
    name: "list",
    elementType: "int64",
    dims: [4],
    values: BigInt64Array.of(5n, -2n, 7n, 9n),
  } as const;
  const feeds = { x: { type: "int64", dims: [3, 1], cells: BigInt64Array.of(2n, 0n, 1n) } } as const;
  const model = modelOf([node("ArrayFeatureExtractor", ["list", "x"], ["y"])], feeds, y("int64", [1, "M"]));
  await agree({ ...model, graph: { ...model.graph, initializers: [list] } }, feeds);
  const { model: fixed, notes } = standardOperators(
    modelOf([node("Binarizer", ["x"], ["y"])], x(), y("float32", ["N", 2])),
  );
  expect(fixed.graph.outputs[0]!.dims).toEqual(["N", 3]);
  expect(notes).toEqual(["y is [N, 3], where the file says [N, 2]"]);
});

test.each([[[4]], [[1, 4]]])(
  "labels of a list of texts are their places, told once behind a Reshape (%j)",
  async (dims) => {
    const words = ["none", "walk", "\u00e9t\u00e9", "run"];
    const list = {
      name: "list",
      elementType: "string",
      dims,
      values: [],
      strings: words.map((word) => new TextEncoder().encode(word)),
    } as unknown as OnnxTensor;
    const shape = { name: "shape", elementType: "int64", dims: [1], values: BigInt64Array.of(-1n) } as const;
    const feeds = { x: { type: "int64", dims: [3, 1], cells: BigInt64Array.of(2n, 0n, 3n) } } as const;
    const nodes = [
      node("ArrayFeatureExtractor", ["list", "x"], ["z"]),
      node("Reshape", ["z", "shape"], ["y"], {}, ""),
    ];
    const model = modelOf(nodes, feeds, y("string", ["M"]));
    const { texts } = await agree(
      { ...model, graph: { ...model.graph, initializers: [list, shape] } },
      feeds,
    );
    expect(texts).toEqual({ y: words });
  },
);

test.each([
  ["Normalizer", { norm: "MAX" }, [info("y", "float32", ["N", 3])], 18],
  ["OneHotEncoder", { cats_int64s: [2, -1] }, [info("y", "float32", ["N", 3, 2])], 11],
] as const)("%s in a model of an old opset", async (op, given, outputs, opset) => {
  const feeds = x();
  const model = modelOf([node(op, ["x"], ["y"], given)], feeds, outputs);
  const opsets = [
    { domain: "", version: 10 },
    { domain: "ai.onnx.ml", version: 1 },
  ];
  expect((await agree({ ...model, opsets }, feeds)).model.opsets).toEqual([{ domain: "", version: opset }]);
});

test("an operator that meant something else in the opset is not carried into a newer one", () => {
  const nodes = [node("Softmax", ["x"], ["z"], {}, ""), node("Normalizer", ["z"], ["y"], {})];
  const opsets = [
    { domain: "", version: 11 },
    { domain: "ai.onnx.ml", version: 1 },
  ];
  const { model } = standardOperators({ ...modelOf(nodes, x(), y()), opsets });
  expect(() => checkModel(model)).toThrow(/Softmax.*opset 13 or newer/);
});

test("what a model without zeros refuses is said", () => {
  const given = node("OneHotEncoder", ["x"], ["y"], { cats_int64s: [1, 2], zeros: 0 });
  const { notes } = standardOperators(modelOf([given], x(1), y("float32", ["N", 1, 2])));
  expect(notes).toEqual([expect.stringMatching(/0 everywhere, where the model as it was fails/)]);
});

test("columns beside each other, chosen and by text", async () => {
  const feeds: Feeds = {
    ...x(2),
    w: { type: "float32", dims: [24, 1], cells: rows(24, 1) },
    t: {
      type: "string",
      dims: [24, 1],
      cells: Array.from({ length: 24 }, (_, at) => ["a", "b", "?", ""][at % 4]!),
    },
  };
  const nodes = [
    node("FeatureVectorizer", ["x", "w"], ["all"], { inputdimensions: [2, 1] }),
    node("OneHotEncoder", ["t"], ["y"], { cats_strings: ["b", "a"] }),
  ];
  const { model } = await agree(
    modelOf(nodes, feeds, [info("all", "float32", ["N", 3]), info("y", "float32", ["N", 1, 2])]),
    feeds,
  );
  expect(textLookups(model).dictionaries).toEqual({ t: ["b", "a"] });
});

const read = () =>
  readOnnx(readFileSync(new URL("../../../../vectors/import/sklearn-logistic.onnx", import.meta.url)));

test("a pipeline of scikit-learn, whose maps become the tensor behind them", async () => {
  const given = read();
  const { model, notes } = standardOperators(given);
  expect(notes).toEqual(["output_probability is a tensor [, 3] instead of maps: columns 0, 1, 2"]);
  expect(model.graph.nodes.map(({ op }) => op)).toEqual(["Sub", "Mul", "Gemm", "ArgMax", "Softmax"]);
  expect(model.graph.outputs.map(({ name }) => name)).toEqual(["output_label", "output_probability"]);
  // The runtime's binding for Node gives no maps out: their tensor is looked at in its place.
  const nodes = given.graph.nodes.filter(({ op }) => op !== "ZipMap");
  const outputs = [given.graph.outputs[0]!, info("probabilities", "float32", ["N", 3])];
  const feeds = { X: { type: "float32", dims: [24, 4], cells: rows(24, 4) } } as const;
  const before = await runs({ ...given, graph: { ...given.graph, nodes, outputs } }, feeds);
  const after = await runs(model, feeds);
  expect(after["output_label"]!.data).toEqual(before["output_label"]!.data);
  const own = interpret(
    { ...model, graph: { ...model.graph, inputs: [info("X", "float32", ["N", 4])] } },
    { X: { dims: [24, 4], values: Float64Array.from(feeds.X.cells) } },
  );
  for (const [at, p] of (before["probabilities"]!.data as Float32Array).entries()) {
    expect(Math.abs((after["output_probability"]!.data as Float32Array)[at]! - p)).toBeLessThan(1e-6);
    expect(Math.abs(own["output_probability"]!.values[at]! - p)).toBeLessThan(1e-6);
  }
});

test.each<[string, string, Record<string, Given>, RegExp]>([
  ["another norm", "Normalizer", { norm: "L3" }, /Normalizer.*L3/],
  ["an attribute of none", "Scaler", { offset: [0], scale: [1], strange: 1 }, /Scaler.*strange/],
  ["too many scales", "Scaler", { offset: [0], scale: [1, 2] }, /Scaler.*scale/],
  [
    "LOGISTIC of numbers",
    "LinearRegressor",
    { coefficients: [1, 2, 3], post_transform: "LOGISTIC" },
    /LOGISTIC/,
  ],
  [
    "PROBIT",
    "LinearClassifier",
    { ...three, classlabels_ints: [0, 1, 2], post_transform: "PROBIT" },
    /PROBIT/,
  ],
  ["rows without a class", "LinearClassifier", { ...three, classlabels_ints: [0, 1] }, /coefficients/],
  ["nothing in the place of what is missing", "Imputer", {}, /imputed_value_floats/],
])("%s is refused by name", (_, op, given, message) => {
  const feeds = x();
  expect(() => standardOperators(modelOf([node(op, ["x"], ["y"], given)], feeds, y()))).toThrow(message);
});

test.each([
  [
    "three rows",
    { ...three, classlabels_strings: ["c", "a", "b"], post_transform: "SOFTMAX" },
    ["c", "a", "b"],
  ],
  ["two rows", { ...two, classlabels_strings: ["no", "yes"], post_transform: "LOGISTIC" }, ["no", "yes"]],
  ["one row", { ...one, classlabels_strings: ["no", "yes"], post_transform: "LOGISTIC" }, ["no", "yes"]],
  ["one row of places", { ...one, classlabels_ints: [0, 1], post_transform: "LOGISTIC" }, ["0", "1"]],
])("a linear classifier of %s comes as Core ML's own, with its classes", (_, given, classes) => {
  const label = info("label", "classlabels_strings" in given ? "string" : "int64", ["N"]);
  const nodes = [
    node("LinearClassifier", ["x"], ["label", "s"], given),
    node("Normalizer", ["s"], ["p"], { norm: "L1" }),
  ];
  const outputs = [label, info("p", "float32", ["N", classes.length])];
  const { model } = standardOperators(modelOf(nodes, x(), outputs));
  expect(model.metadata["classes"]).toBe(JSON.stringify(classes));
  expect(writeMlModel(optimise(model).model)).toMatchObject({ ok: true });
});

/** One tree a class, which asks for the column of its number; weights for every class at each leaf. */
const trees = (classes: readonly number[]) => {
  const each = <T>(of: (tree: number) => readonly T[]): T[] => [0, 1, 2].flatMap(of);
  return {
    nodes_treeids: each((tree) => [tree, tree, tree]),
    nodes_nodeids: each(() => [0, 1, 2]),
    nodes_featureids: each((tree) => [tree, 0, 0]),
    nodes_modes: each(() => ["BRANCH_LEQ", "LEAF", "LEAF"]),
    nodes_values: each((tree) => [tree / 2, 0, 0]),
    nodes_truenodeids: each(() => [1, 0, 0]),
    nodes_falsenodeids: each(() => [2, 0, 0]),
    treeids: each((tree) => [1, 2].flatMap(() => classes.map(() => tree))),
    nodeids: each(() => [1, 2].flatMap((leaf) => classes.map(() => leaf))),
    ids: each(() => [1, 2].flatMap(() => classes)),
    weights: each((tree) =>
      [1, 2].flatMap((leaf) => classes.map((one) => ((leaf * one + tree) % 3) / 12 + (leaf - 1) / 4)),
    ),
  };
};

test.each([
  ["three", ["c", "a", "röt"], [0, 1, 2]],
  ["two", ["no", "yes"], [0]],
])("trees vote for the places of %s texts", async (_, classlabels_strings, ids) => {
  const { treeids, nodeids, ids: class_ids, weights, ...nodes } = trees(ids);
  const leaves = { class_treeids: treeids, class_nodeids: nodeids, class_ids, class_weights: weights };
  const feeds = x(3, true);
  const voted = node("TreeEnsembleClassifier", ["x"], ["label", "p"], {
    ...nodes,
    ...leaves,
    classlabels_strings,
  } as never);
  const carried = node("Identity", ["label"], ["told"], {}, "");
  const outputs = [info("told", "string", ["N"]), info("p", "float32", ["N", classlabels_strings.length])];
  const model = modelOf([voted, carried], feeds, outputs);
  const { model: placed, texts } = standardOperators(model);
  expect(texts).toEqual({ told: classlabels_strings });
  expect(placed.metadata["classes"]).toBe(JSON.stringify(classlabels_strings));
  checkModel(placed);
  const [before, after] = [await runs(model, feeds), await runs(placed, feeds)];
  const told = Array.from(
    after["told"]!.data as BigInt64Array,
    (place) => classlabels_strings[Number(place)],
  );
  expect(told).toEqual([...(before["told"]!.data as Iterable<string>)]);
  expect(new Set(told).size).toBeGreaterThan(1);
  expect(after["p"]!.data).toEqual(before["p"]!.data);
});

test("trees of two amounts have two columns, where their exporter says one; a model that is right stays itself", () => {
  const { treeids, nodeids, ids, weights, ...nodes } = trees([0, 1]);
  const leaves = {
    target_treeids: treeids,
    target_nodeids: nodeids,
    target_ids: ids,
    target_weights: weights,
  };
  const grown = node("TreeEnsembleRegressor", ["x"], ["y"], { ...nodes, ...leaves, n_targets: 2 } as never);
  const { model, notes } = standardOperators(modelOf([grown], x(), y("float32", ["N", 1])));
  expect(model.graph.outputs[0]!.dims).toEqual(["N", 2]);
  expect(notes).toEqual(["y is [N, 2], where the file says [N, 1]"]);
  checkModel(model);
  const single = standardOperators(modelOf([grown], x(), y("float32", [1, 2])));
  expect(single.model.graph.outputs[0]!.dims).toEqual(["N", 2]);
  expect(single.notes).toEqual(["y is [N, 2], where the file says [1, 2]"]);
  const right = modelOf([grown], x(), y("float32", ["N", 2]));
  expect(standardOperators(right).model).toBe(right);
});

test("an output that is once the trees' scores, as LightGBM's exporter ends, is those", () => {
  const { treeids, nodeids, ids, weights, ...nodes } = trees([0]);
  const leaves = {
    target_treeids: treeids,
    target_nodeids: nodeids,
    target_ids: ids,
    target_weights: weights,
  };
  const grown = node("TreeEnsembleRegressor", ["x"], ["s"], { ...nodes, ...leaves, n_targets: 1 } as never);
  const once = (factor: number) => {
    const model = modelOf([grown, node("Mul", ["s", "one"], ["y"], {}, "")], x(), y("float32", ["N", 1]));
    const one = { name: "one", elementType: "float32", dims: [], values: Float32Array.of(factor) } as const;
    return standardOperators({ ...model, graph: { ...model.graph, initializers: [one] } }).model.graph;
  };
  expect(once(1).nodes.map(({ op, outputs }) => [op, ...outputs])).toEqual([["TreeEnsembleRegressor", "y"]]);
  expect(once(2).nodes).toHaveLength(2);
});

test.each([
  ["LINEAR", [0, 0, 0], {}],
  ["RBF", [0.3, 0, 0], {}],
  ["RBF", [0.3, 0, 0], { one_class: 1 }],
  ["POLY", [0.2, 1, 3], {}],
  ["SIGMOID", [0.1, 0.5, 0], {}],
] as const)("a support vector machine for numbers: %s %j %j", async (kernel_type, kernel_params, more) => {
  const supports = Array.from({ length: 15 }, (_, at) => Math.fround(Math.sin(3 * at)));
  const coefficients = [0.5, -1, 0.25, 2, -1.5];
  const given = { kernel_type, kernel_params, n_supports: 5, support_vectors: supports, coefficients };
  const machine = node("SVMRegressor", ["x"], ["y"], { ...given, rho: [0.125], ...more });
  await agree(modelOf([machine], x(), y("float32", ["N", 1])), x());
});

test.each([
  ["two classes", [3, 2], { classlabels_strings: ["in", "out"] }],
  ["two classes of numbers", [2, 3], { classlabels_ints: [-1, 1] }],
  ["four classes", [3, 2, 1, 4], { classlabels_ints: [0, 1, 2, 3] }],
] as const)("a support vector machine for %s", async (_, sizes, labels) => {
  const count = sizes.reduce((sum: number, size) => sum + size, 0);
  const pairs = (sizes.length * (sizes.length - 1)) / 2;
  const drawn = (length: number, by: number): readonly number[] =>
    Array.from({ length }, (_one, at) => Math.fround(Math.sin(by * (at + 1))));
  const machine = node("SVMClassifier", ["x"], ["label", "y"], {
    kernel_type: "RBF",
    kernel_params: [0.2, 0, 0],
    vectors_per_class: sizes,
    support_vectors: drawn(3 * count, 3),
    coefficients: drawn((sizes.length - 1) * count, 5),
    rho: drawn(pairs, 7).map((one) => one / 10),
    ...labels,
  });
  const isText = "classlabels_strings" in labels;
  const ends = [
    info("label", isText ? "string" : "int64", ["N"]),
    info("y", "float32", ["N", Math.max(2, pairs)]),
  ];
  await agree(modelOf([machine], x(), ends), x());
});

test.each(["Gather", "ArrayFeatureExtractor"])(
  "the only column of texts, taken out by %s, is the input",
  async (op) => {
    const place = { name: "place", elementType: "int64", dims: [1], values: BigInt64Array.of(0n) } as const;
    const feeds: Feeds = { x: { type: "string", dims: [3, 1], cells: ["free", "paid", "gift"] } };
    const taken =
      op === "Gather" ? { ...node(op, ["x", "place"], ["z"], {}, "") } : node(op, ["x", "place"], ["z"]);
    const axis = { axis: { type: "int", value: 1 } } as const;
    const nodes = [
      op === "Gather" ? { ...taken, attributes: axis } : taken,
      node("OneHotEncoder", ["z"], ["y"], { cats_strings: ["free", "paid"] }),
    ];
    const model = modelOf(nodes, feeds, [info("y", "float32", ["N", 1, 2])]);
    const { model: standard } = await agree(
      { ...model, graph: { ...model.graph, initializers: [place] } },
      feeds,
    );
    expect(standard.graph.nodes.filter(({ inputs }) => inputs.includes("x")).map((one) => one.op)).toEqual([
      "LabelEncoder",
    ]);
  },
);

test("an output that the file says another width of has its own", () => {
  const nodes = [node("MatMul", ["x", "w"], ["y"], {}, "")];
  const w = { name: "w", elementType: "float32", dims: [3, 1], values: Float32Array.of(1, 2, 3) } as const;
  const model = modelOf(nodes, x(), y("float32", ["N", 3]));
  const whole = { ...model, graph: { ...model.graph, initializers: [w] } };
  expect(() => checkModel(whole)).toThrow("GRAPH_ILLEGAL");
  const { model: told, notes } = toldOutputs(whole);
  expect(notes).toEqual(["y is [N, 1], where the file says [N, 3]"]);
  checkModel(told);
  expect(toldOutputs(told).model).toBe(told);
});
