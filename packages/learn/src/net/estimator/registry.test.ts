import { expect, test } from "vitest";
import { onnxruntimeNode } from "../../../../pipeline/src/runtime/onnxruntime-node.ts";
import { matrixOf } from "../../matrix.ts";
import { NET_ESTIMATORS, netFrom, type NetConfiguration } from "./registry.ts";

const SMALLEST: readonly NetConfiguration[] = [
  "mlp",
  { conv1d: { shape: [128, 6] } },
  { conv2d: { shape: [8, 8, 1] } },
  { gru: { shape: [50, 6], lengths: true, units: [8] } },
  "textcnn",
  { transformer: { input: { text: {} }, earlyStopping: { patience: 3 }, classWeights: [1, 2] } },
  {
    tableEmbedding: {
      categorical: ["country"],
      missing: "mean",
      loss: { huber: { delta: 1 } },
      task: "regression",
    },
  },
  "twoTower",
];

test("every estimator comes from plain data, through JSON too", () => {
  const kinds = SMALLEST.map((one) => netFrom(JSON.parse(JSON.stringify(one)) as NetConfiguration).kind);
  expect(kinds).toEqual(Object.keys(NET_ESTIMATORS));
});

test("an estimator of plain data is that of the function", async () => {
  const rows = { X: matrixOf([[1], [2], [3], [4]]), y: [0, 0, 1, 1], classes: ["low", "high"] };
  const options = { hidden: [4], epochs: 2, batch: 2, seed: 3 };
  const fit = { runtime: onnxruntimeNode };
  const [one, two] = [netFrom({ mlp: options }), NET_ESTIMATORS.mlp(options)];
  const [left, right] = [await one.fit(rows, fit), await two.fit(rows, fit)];
  expect(left.trained.parameters).toEqual(right.trained.parameters);
});

const WRONG: readonly (readonly [data: unknown, says: RegExp])[] = [
  ["forest", /net: kind: expected one of mlp, conv1d, .*, received forest/],
  [{ mlp: {}, gru: {} }, /net: kind: expected one of/],
  ["conv1d", /conv1d: shape: expected a list of 2 times an integer of at least 1, received none/],
  [{ conv1d: { shape: [128] } }, /conv1d: shape: expected a list of 2 times .*, received \[128\]/],
  [
    { conv1d: { shape: [128, 6], chanels: [64] } },
    /conv1d: chanels: expected one of the options .*channels.*, received \[64\]/,
  ],
  [
    { mlp: { hidden: [64, "32"] } },
    /mlp: hidden: expected a list of an integer of at least 1, received \[64,"32"\]/,
  ],
  [{ mlp: { rate: "fast" } }, /mlp: rate: expected a finite number above 0, received "fast"/],
  [
    { mlp: { schedule: "linear" } },
    /mlp: schedule: expected one of constant, cosine, oneCycle, plateau, received "linear"/,
  ],
  [
    { mlp: { earlyStopping: { patience: 0 } } },
    /mlp: earlyStopping: expected \{ patience: an integer of at least 1; /,
  ],
  [{ mlp: null }, /mlp: options: expected an object, received null/],
  [{ mlp: { loss: "mse" } }, /mlp: loss: expected none in a classification, received "mse"/],
  [
    { mlp: { task: "regression", labelSmoothing: 0.1 } },
    /mlp: labelSmoothing: expected none in a regression/,
  ],
  [{ transformer: { input: { video: {} } } }, /transformer: input: expected \{ series: /],
  [
    { transformer: { input: { text: {} }, width: 10, heads: 4 } },
    /transformer: width: expected a multiple of 4 heads, received 10/,
  ],
  [
    { tableEmbedding: {} },
    /tableEmbedding: categorical, numeric: expected at least one column, received none/,
  ],
  [{ tableEmbedding: { numeric: ["a", "a"] } }, /expected each column once, received a/],
  [{ twoTower: { labelSmoothing: 0.1 } }, /twoTower: labelSmoothing: expected one of the options/],
];

test.each(WRONG)("%j is refused with the option, what was wanted and what was received", (data, says) => {
  expect(() => netFrom(data as NetConfiguration)).toThrow(says);
});

test("an option that the object only inherits is none", () => {
  expect(() => netFrom({ mlp: JSON.parse('{"__proto__":1}') as never })).toThrow(/mlp: __proto__/);
});
