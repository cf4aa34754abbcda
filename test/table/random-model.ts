import { graphBuilder, NODE_MODES, type GraphBuilder, type OnnxModel, type Value } from "@tideline/graph";
import { sourceOf, type Source } from "./random.ts";
import { forestRow, randomForest, type ForestLists } from "./random-forest.ts";
import { convLayers, denseLayer, denseLayers } from "./random-network.ts";
import { signalModel, signalRow } from "./random-signal.ts";

/** A model of random form and weights, and what to run it on. */
export interface RandomModel {
  readonly model: OnnxModel;
  /** Output that decides by its largest number; undefined for a regression. */
  readonly decides?: string;
  /** Output whose numbers are compared each by its own size over the rows, as features are. */
  readonly features?: string;
  readonly dims: readonly number[];
  readonly rows: readonly Float32Array[];
}

const ROWS = 8;

interface Draft {
  readonly outputs: Readonly<Record<string, Value>>;
  readonly decides?: string;
  readonly features?: string;
  readonly row: () => Float32Array;
}

function finish(dims: readonly number[], draft: (g: GraphBuilder, x: Value) => Draft): RandomModel {
  const g = graphBuilder("random");
  const { outputs, row, ...rest } = draft(g, g.input("x", "float32", ["N", ...dims]));
  for (const [name, value] of Object.entries(outputs)) g.output(name, value);
  return { model: g.build(), dims: [1, ...dims], rows: Array.from({ length: ROWS }, row), ...rest };
}

/** The regressor of some trees. */
function regressor(
  g: GraphBuilder,
  x: Value,
  forest: ForestLists,
  rest: { n_targets: number; average: boolean; base?: readonly number[] },
): Value {
  return g.op("TreeEnsembleRegressor", [x], {
    ...forest.nodes,
    target_treeids: forest.trees,
    target_nodeids: forest.leaves,
    target_ids: forest.targets,
    target_weights: forest.weights,
    n_targets: rest.n_targets,
    aggregate_function: rest.average ? "AVERAGE" : "SUM",
    ...(rest.base === undefined ? {} : { base_values: rest.base }),
  });
}

/** Attributes of a classifier's leaves. */
function classes(forest: ForestLists) {
  return {
    ...forest.nodes,
    class_treeids: forest.trees,
    class_nodeids: forest.leaves,
    class_ids: forest.targets,
    class_weights: forest.weights,
  };
}

/** Scores that a network or a linear model ends in. */
function probabilities(g: GraphBuilder, source: Source, x: Value): Draft["outputs"] {
  const scores = denseLayer(g, source, x, source.int(2, 8));
  return { probabilities: g.op(source.int(0, 3) === 0 ? "LogSoftmax" : "Softmax", [scores]) };
}

/** Random models by kind. */
const KINDS = {
  /** One tree with every comparison. */
  tree(source) {
    const features = source.int(1, 20);
    return finish([features], (g, x) => {
      const n_targets = source.int(1, 3);
      const forest = randomForest(source, {
        trees: 1,
        leaves: source.int(1, 40),
        features,
        targets: n_targets,
        weigh: () => Array.from(source.normals(n_targets), (weight, target) => [target, weight] as const),
        modes: Object.keys(NODE_MODES),
      });
      return {
        outputs: { value: regressor(g, x, forest, { n_targets, average: false }) },
        row: () => forestRow(source, features),
      };
    });
  },
  /** Averaged trees, or votes of shares that are often equal. */
  forest(source) {
    const features = source.int(1, 30);
    const trees = source.int(1, 30);
    return finish([features], (g, x): Draft => {
      const row = (): Float32Array => forestRow(source, features);
      const shape = { trees, leaves: source.int(1, 24), features };
      if (source.int(0, 1) === 0) {
        const forest = randomForest(source, {
          ...shape,
          targets: 1,
          weigh: () => [[0, source.normals(1)[0]!]],
        });
        const base = source.int(0, 1) === 0 ? Array.from(source.normals(1)) : undefined;
        const average = source.int(0, 1) === 0;
        return {
          outputs: { value: regressor(g, x, forest, { n_targets: 1, average, ...(base && { base }) }) },
          row,
        };
      }
      const count = source.int(3, 6);
      const weigh = () => {
        const votes = Array.from({ length: count }, () => source.int(0, 3));
        const sum = votes.reduce((total, vote) => total + vote, 0) || 1;
        return votes.map((vote, target) => [target, vote / sum / trees] as const);
      };
      const forest = randomForest(source, { ...shape, targets: count, weigh });
      const labels = Array.from({ length: count }, (_, index) =>
        source.int(0, 1) === 0 ? index : index + 10,
      );
      const [label, scores] = g.ops("TreeEnsembleClassifier", [x], {
        ...classes(forest),
        classlabels_int64s: labels,
      });
      return { outputs: { scores: scores!, label: label! }, decides: "scores", row };
    });
  },
  /** Boosted trees: a margin of two classes, or one tree per class and round. */
  boosted(source) {
    const features = source.int(1, 30);
    const count = source.int(2, 6);
    return finish([features], (g, x) => {
      const targets = count === 2 ? 1 : count;
      const forest = randomForest(source, {
        trees: targets * source.int(1, 12),
        leaves: source.int(2, 31),
        features,
        targets,
        weigh: (tree) => [[tree % targets, source.normals(1, 0.3)[0]!]],
      });
      const [label, scores] = g.ops("TreeEnsembleClassifier", [x], {
        ...classes(forest),
        classlabels_int64s: Array.from({ length: count }, (_, index) => index),
        post_transform: count === 2 ? "LOGISTIC" : source.pick(["SOFTMAX", "SOFTMAX", "LOGISTIC", "NONE"]),
        ...(source.int(0, 1) === 0 ? { base_values: Array.from(source.normals(targets)) } : {}),
      });
      return {
        outputs: { scores: scores!, label: label! },
        decides: "scores",
        row: () => forestRow(source, features),
      };
    });
  },
  linear(source) {
    const features = source.int(1, 60);
    return finish([features], (g, x) => ({
      outputs: probabilities(g, source, x),
      decides: "probabilities",
      row: () => source.normals(features),
    }));
  },
  dense(source) {
    const features = source.int(1, 40);
    return finish([features], (g, x) => ({
      outputs: probabilities(g, source, denseLayers(g, source, x)),
      decides: "probabilities",
      row: () => source.normals(features),
    }));
  },
  conv1d(source) {
    const dims = [source.int(1, 6), source.int(16, 64)];
    return finish(dims, (g, x) => ({
      outputs: probabilities(g, source, convLayers(g, source, x)),
      decides: "probabilities",
      row: () => source.normals(dims[0]! * dims[1]!),
    }));
  },
  conv2d(source) {
    const dims = [source.int(1, 4), source.int(8, 16), source.int(8, 16)];
    return finish(dims, (g, x) => ({
      outputs: probabilities(g, source, convLayers(g, source, x)),
      decides: "probabilities",
      row: () => source.normals(dims[0]! * dims[1]! * dims[2]!),
    }));
  },
  signal(source) {
    const size = source.pick([16, 24, 32, 50, 64, 100, 128]);
    const width = source.int(1, 6);
    return finish([size, width], (g, window) => ({
      outputs: signalModel(g, source, window, source.int(2, 6)),
      decides: "probabilities",
      features: "features",
      row: () => signalRow(source, size, width),
    }));
  },
} satisfies Record<string, (source: Source) => RandomModel>;

/** A kind of random model. */
export type ModelKind = keyof typeof KINDS;

/** All kinds. */
export const MODEL_KINDS = Object.keys(KINDS) as ModelKind[];

/** The model of a kind and a seed; the same each time. */
export function randomModel(kind: ModelKind, seed: number): RandomModel {
  return KINDS[kind](sourceOf(seed * 1009 + MODEL_KINDS.indexOf(kind)));
}
