import type { ForestGraph } from "./forest-graph.ts";

/** Ensembles of every kind, by the name of their source. */
export const TREE_CASES: Readonly<Record<string, ForestGraph>> = {
  SumOfTwo: { trees: 5, depth: 3, classes: 0, mixed: true },
  TwoMargins: { trees: 4, depth: 3, classes: 2 },
  TwoChances: { trees: 1, depth: 4, classes: 2, transform: "LOGISTIC", mixed: true },
  ThreeScores: { trees: 6, depth: 3, classes: 3 },
  ThreeChances: { trees: 7, depth: 2, classes: 3, transform: "LOGISTIC" },
  FourShares: { trees: 9, depth: 3, classes: 4, transform: "SOFTMAX", mixed: true },
};

/** As large as boosted trees get on phones: 300 trees of 127 nodes. */
export const LARGE_FOREST: ForestGraph = { trees: 300, depth: 6, classes: 3, transform: "SOFTMAX" };
