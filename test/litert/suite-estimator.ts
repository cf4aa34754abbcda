import { graphBuilder, type OnnxModel } from "@tideline/graph";
import {
  logisticRegression,
  lowerLogistic,
  lowerSignals,
  lowerStandardiser,
  matrix,
  seededRandom,
  standardise,
} from "@tideline/learn";
import { nets } from "@tideline/learn/net";
import { onnxruntimeNode } from "../../packages/pipeline/src/runtime/onnxruntime-node.ts";
import type { SuiteGraph } from "./suite-transform.ts";

/** A fitted net with the largest integer that each of its inputs takes. */
export interface SuiteNet extends SuiteGraph {
  readonly limits?: Readonly<Record<string, readonly [low: number, high: number]>>;
}

const ROWS = 40;

/** Every estimator of nets, hardly trained: what is written does not hang on how well it knows. */
export async function estimatorGraphs(): Promise<readonly SuiteNet[]> {
  const random = seededRandom(5);
  const numbers = (count: number): Float32Array =>
    Float32Array.from({ length: count }, () => 10 + 3 * random.normal());
  const y = Int32Array.from({ length: ROWS }, (_, row) => row % 2);
  const classes = ["no", "yes"];
  const short = { epochs: 1, batch: 16, seed: 1 } as const;
  const fit = { runtime: onnxruntimeNode };
  const of = async (
    name: string,
    model: Promise<{ graph(): OnnxModel }>,
    limits?: SuiteNet["limits"],
  ): Promise<SuiteNet> => ({
    name,
    model: (await model).graph(),
    ...(limits && { limits }),
  });
  const rows = (width: number) => ({ X: matrix(ROWS, width, numbers(ROWS * width)), y, classes });
  const lengths = Int32Array.from({ length: ROWS }, (_, row) => 1 + (row % 5));
  const series = { ...rows(10), lengths };
  const shape = [5, 2] as const;
  const texts = Array.from(y, (label, row) => (label === 0 ? `see you at ${row}` : `you win ${row}00 now`));
  const ids = Int32Array.from({ length: ROWS * 4 }, (_, at) => (at % 4 === 3 ? 0 : 1 + (at % 5)));
  const amounts = Float64Array.from(y, (label) => 1000 + 50 * label + random.normal());
  const table = {
    columns: {
      country: Array.from(y, (_, row) => ["de", "fr", null, "es"][row % 4]!),
      age: Float64Array.from(y, (label, row) => (row % 6 === 0 ? Number.NaN : 30 + 10 * label)),
      size: numbers(ROWS),
    },
    y,
    classes,
  };
  return [
    await of("mlp", nets.mlp({ hidden: [8], ...short }).fit(rows(6), fit)),
    await of(
      "mlp regression",
      nets.mlp({ task: "regression", hidden: [8], ...short }).fit({ X: rows(3).X, y: amounts }, fit),
    ),
    await of(
      "conv1d",
      nets.conv1d({ shape: [64, 3], channels: [4, 4], units: 4, ...short }).fit(rows(192), fit),
    ),
    await of(
      "conv1d bare",
      nets
        .conv1d({
          shape: [12, 3],
          vectors: [[0, 1, 2]],
          channels: [4],
          size: [3],
          normalise: false,
          statistics: false,
          spectrum: false,
          pool: "max",
          ...short,
        })
        .fit(rows(36), fit),
    ),
    await of(
      "conv2d",
      nets
        .conv2d({ shape: [6, 4, 3], channels: [4, 4], depth: 2, separable: true, units: 4, ...short })
        .fit(rows(72), fit),
    ),
    await of(
      "gru",
      nets.gru({ shape, lengths: true, units: [4, 3], bidirectional: true, ...short }).fit(series, fit),
      { lengths: [1, 5] },
    ),
    await of(
      "textcnn",
      nets
        .textcnn({
          tokens: { length: 8, minimumCount: 1 },
          embedding: 4,
          channels: 4,
          sizes: [1, 2],
          ...short,
        })
        .fit({ texts, y, classes }, fit),
      { x: [0, 5] },
    ),
    await of(
      "transformer of series",
      nets
        .transformer({
          input: { series: { shape, lengths: true } },
          width: 8,
          heads: 2,
          depth: 1,
          pool: "max",
          ...short,
        })
        .fit(series, fit),
      { lengths: [1, 5] },
    ),
    await of(
      "transformer of ids",
      nets
        .transformer({
          input: { ids: { length: 4, entries: 6 } },
          width: 8,
          heads: 2,
          depth: 1,
          task: "regression",
          position: "trained",
          ...short,
        })
        .fit({ ids, y: amounts }, fit),
      { x: [0, 5] },
    ),
    await of(
      "transformer of texts",
      nets
        .transformer({ input: { text: { length: 6 } }, width: 8, heads: 2, depth: 1, ...short })
        .fit({ texts, y, classes }, fit),
      { x: [0, 3] },
    ),
    await of(
      "tableEmbedding",
      nets
        .tableEmbedding({
          categorical: ["country"],
          numeric: ["age", "size"],
          missing: "indicate",
          bins: 4,
          hidden: [6],
          normalise: true,
          ...short,
        })
        .fit(table, fit),
      { categories: [0, 2] },
    ),
    await of(
      "twoTower",
      nets.twoTower({ embedding: 4, size: 4, hidden: [6], ...short }).fit(
        {
          users: Array.from({ length: 60 }, (_, at) => `u${at % 12}`),
          items: Array.from({ length: 60 }, (_, at) => `i${(at * 7) % 15}`),
        },
        fit,
      ),
      { user: [0, 12] },
    ),
  ];
}

/** Statistics and spectra of windows, standardised, with a logistic regression behind: the main job's model. */
export function signalGraph(): SuiteGraph {
  const g = graphBuilder("signals");
  const channels = ["x", "y", "z"];
  const { features } = lowerSignals(g, g.input("window", "float32", ["N", 64, 3]), {
    channels,
    derived: { size: channels },
    features: [
      {
        kind: "statistics",
        channels: [...channels, "size"],
        statistics: [
          "mean",
          "log_std",
          "max",
          "min",
          "log_jerk",
          "mean_absolute_deviation",
          "skewness",
          "kurtosis",
        ],
      },
      { kind: "spectrum", channels: [...channels, "size"], edges: [0, 1, 2, 3, 5, 8, 16, 33], taper: "hann" },
    ],
  });
  const width = Number(features.dims[1]);
  const random = seededRandom(9);
  const X = matrix(
    60,
    width,
    Float32Array.from({ length: 60 * width }, () => random.normal()),
  );
  const fitted = standardise({}).fit(X);
  const model = logisticRegression().fit({
    X,
    y: Int32Array.from({ length: 60 }, (_, row) => row % 3),
    classes: ["a", "b", "c"],
  });
  g.output("features", features);
  g.output("probabilities", lowerLogistic(g, lowerStandardiser(g, features, fitted), model));
  return { name: "signals", model: g.build() };
}
