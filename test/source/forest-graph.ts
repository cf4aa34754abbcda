import { graphBuilder, type OnnxModel } from "@tideline/graph";

/** What a forest is made of. */
export interface ForestGraph {
  readonly trees: number;
  readonly depth: number;
  /** Of a classifier; 0 for a regressor of two targets whose leaves weigh one or both. */
  readonly classes: number;
  readonly transform?: "NONE" | "LOGISTIC" | "SOFTMAX";
  /** All six comparisons and missing numbers that go the other way; otherwise one comparison. */
  readonly mixed?: boolean;
}

const MODES = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"];

/** An ensemble of full trees with numbers that were made up, over four features. */
export function forestGraph({
  trees,
  depth,
  classes,
  transform = "NONE",
  mixed = false,
}: ForestGraph): OnnxModel {
  let state = trees * 31 + depth;
  const next = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const rows: {
    tree: number;
    node: number;
    mode: string;
    feature: number;
    value: number;
    missing: number;
  }[] = [];
  const leaves: { tree: number; node: number; target: number; weight: number }[] = [];
  const inner = 2 ** depth - 1;
  for (let tree = 0; tree < trees; tree++)
    for (let node = 0; node < 2 * inner + 1; node++) {
      const isLeaf = node >= inner;
      const mode = isLeaf ? "LEAF" : MODES[mixed ? next(6) : 0]!;
      const value = Math.fround((next(60) - 30) / 10);
      rows.push({ tree, node, mode, feature: isLeaf ? 0 : next(4), value, missing: mixed ? next(2) : 0 });
      if (!isLeaf) continue;
      const target = classes === 2 ? 0 : next(Math.max(classes, 2));
      leaves.push({ tree, node, target, weight: Math.fround((next(2001) - 1000) / 700) });
      if (classes === 0 && next(2) === 1) leaves.push({ tree, node, target: 1 - target, weight: 0.1 });
    }
  const child = (node: number, mode: string, side: number) => (mode === "LEAF" ? 0 : 2 * node + side);
  const nodes = {
    nodes_treeids: rows.map(({ tree }) => tree),
    nodes_nodeids: rows.map(({ node }) => node),
    nodes_modes: rows.map(({ mode }) => mode),
    nodes_featureids: rows.map(({ feature }) => feature),
    nodes_values: rows.map(({ value }) => value),
    nodes_truenodeids: rows.map(({ node, mode }) => child(node, mode, 1)),
    nodes_falsenodeids: rows.map(({ node, mode }) => child(node, mode, 2)),
    ...(mixed ? { nodes_missing_value_tracks_true: rows.map(({ missing }) => missing) } : {}),
  };
  const [ids, nodeIds, targets, weights] = [
    leaves.map(({ tree }) => tree),
    leaves.map(({ node }) => node),
    leaves.map(({ target }) => target),
    leaves.map(({ weight }) => weight),
  ];
  const g = graphBuilder("forest");
  const x = g.input("x", "float32", ["N", 4]);
  if (classes === 0) {
    const own = {
      target_treeids: ids,
      target_nodeids: nodeIds,
      target_ids: targets,
      target_weights: weights,
    };
    const rest = { n_targets: 2, base_values: [0.5, -1], aggregate_function: "AVERAGE" };
    g.output("y", g.op("TreeEnsembleRegressor", [x], { ...nodes, ...own, ...rest }));
    return g.build();
  }
  const own = { class_treeids: ids, class_nodeids: nodeIds, class_ids: targets, class_weights: weights };
  const labels = Array.from({ length: classes }, (_, at) => 10 * at + 5);
  const [label, scores] = g.ops("TreeEnsembleClassifier", [x], {
    ...nodes,
    ...own,
    classlabels_int64s: labels,
    post_transform: transform,
  });
  g.output("label", label!);
  g.output("scores", scores!);
  return g.build();
}
