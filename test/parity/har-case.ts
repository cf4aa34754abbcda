import { graphBuilder, type OnnxModel } from "@tideline/graph";
import {
  logisticRegression,
  lowerLogistic,
  lowerStandardiser,
  matrix,
  standardise,
  type Matrix,
} from "@tideline/learn";
import { lowerBoosted, lowerForest, randomForest, type BoostedClassifier } from "@tideline/learn/tree";
import type { ModelRows } from "@tideline/pipeline";
import { readUciPart } from "../../apps/fleet/src/recording/uci-har.ts";
import { briefHarNet } from "../../examples/nets/har-net.ts";
import { harWindows } from "../../examples/nets/har-window.ts";
import { fitExample } from "../../examples/trees/example.ts";
import { harColumns, harFeatures } from "../../examples/trees/har-feature.ts";
import type { LabelledColumns } from "../../examples/trees/labelled-column.ts";
import { CALIBRATION, evenly, picked, rowsOf, TREE_CALIBRATION, type RealCase } from "./real-case.ts";

/** The features as rows, `[windows, features]`. */
function featureRows({ columns, y }: LabelledColumns): Matrix {
  const all = Object.values(columns) as readonly Float32Array[];
  const values = new Float32Array(y.length * all.length);
  for (const [at, column] of all.entries())
    for (let row = 0; row < y.length; row += 1) values[row * all.length + at] = column[row]!;
  return matrix(y.length, all.length, values);
}

/** Windows of 128 samples of six channels through convolutions along time. */
async function convolution(folder: string): Promise<RealCase> {
  const [train, test] = [await harWindows(folder, "train"), await harWindows(folder, "test")];
  const model = await briefHarNet(train, { windows: 4000, epochs: 12 });
  const graph = model.graph();
  const input = graph.graph.inputs[0]!.name;
  const rows = ({ X }: typeof train) => rowsOf(input, X.rows, Float32Array.from(X.values));
  return {
    name: "uci-har, convolutional net",
    model: graph,
    classes: train.classes,
    heldOut: rows(test),
    labels: test.y,
    calibration: picked(rows(train), evenly(train.X.rows, CALIBRATION)),
  };
}

/** Boosted trees of features of windows: 50 rounds of one for each of six classes. */
export const harBoosted = (train: LabelledColumns): Promise<BoostedClassifier> =>
  fitExample({ rounds: 50, leaves: 15, featureShare: 0.1, extra: true }, train, 1);

/** Windows of one part of the recordings, as the input of {@link harTrees}. */
export async function harWindowRows(folder: string, part: "train" | "test"): Promise<ModelRows> {
  const { layout, signals } = await readUciPart(folder, part);
  return rowsOf("window", layout.shapes[part][0], Float32Array.from(signals));
}

/** Windows of nine channels, their statistics and spectra, and trees of these, in one graph. */
export function harTrees(boosted: BoostedClassifier): OnnxModel {
  const g = graphBuilder("har_window_trees");
  g.output("probabilities", lowerBoosted(g, harFeatures(g).features, boosted));
  return g.build();
}

/** Models of activities on the official split: a net, a linear model and trees of windows, trees of their features. */
export async function* harCases(folder: string): AsyncGenerator<RealCase> {
  yield await convolution(folder);
  const [train, test] = [await harColumns(folder, "train"), await harColumns(folder, "test")];
  const [X, probe] = [featureRows(train), featureRows(test)];
  const { classes } = train;

  const scaler = standardise({}).fit(X);
  const logistic = logisticRegression({ maxIterations: 60 }).fit({
    X: scaler.transform(X),
    y: train.y,
    classes,
  });
  const linear = graphBuilder("har_linear");
  const { features } = harFeatures(linear);
  linear.output(
    "probabilities",
    lowerLogistic(linear, lowerStandardiser(linear, features, scaler), logistic),
  );
  linear.output("features", features);
  const seen = await harWindowRows(folder, "train");
  const windowed = {
    classes,
    heldOut: await harWindowRows(folder, "test"),
    labels: test.y,
    calibration: picked(seen, evenly(seen.count, CALIBRATION)),
  };
  yield { ...windowed, name: "uci-har, linear model of windows", model: linear.build() };

  const rows = {
    classes,
    heldOut: rowsOf("x", probe.rows, Float32Array.from(probe.values)),
    labels: test.y,
    calibration: picked(rowsOf("x", X.rows, Float32Array.from(X.values)), evenly(X.rows, TREE_CALIBRATION)),
  };
  const boosted = await harBoosted(train);
  const g = graphBuilder("har_boosted");
  g.output("probabilities", lowerBoosted(g, g.input("x", "float32", ["N", X.columns]), boosted));
  yield { name: "uci-har, boosted trees", model: g.build(), ...rows };
  yield { ...windowed, name: "uci-har, boosted trees of windows", model: harTrees(boosted) };

  const forest = await randomForest({ trees: 40, seed: 1 }).fit({
    columns: train.columns as Record<string, Float32Array>,
    y: train.y,
    classes,
  });
  const f = graphBuilder("har_forest");
  f.output("probabilities", lowerForest(f, f.input("x", "float32", ["N", X.columns]), forest));
  yield { name: "uci-har, forest", model: f.build(), ...rows };
}
