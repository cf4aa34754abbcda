import type { AttributesOf } from "@tideline/graph";
import type { Source } from "./random.ts";

/** What random trees are made of. */
export interface ForestOptions {
  readonly trees: number;
  readonly leaves: number;
  readonly features: number;
  readonly targets: number;
  /** The weights of a leaf of a tree: targets, and what it adds to each. */
  readonly weigh: (tree: number) => readonly (readonly [target: number, weight: number])[];
  /** Comparisons; "at most" by default. */
  readonly modes?: readonly string[];
}

/** The attributes of the nodes, and the leaves' weights in parallel lists. */
export interface ForestLists {
  readonly nodes: Pick<
    AttributesOf<"TreeEnsembleRegressor">,
    | "nodes_treeids"
    | "nodes_nodeids"
    | "nodes_featureids"
    | "nodes_values"
    | "nodes_truenodeids"
    | "nodes_falsenodeids"
    | "nodes_missing_value_tracks_true"
    | "nodes_modes"
  >;
  readonly trees: readonly number[];
  readonly leaves: readonly number[];
  readonly targets: readonly number[];
  readonly weights: readonly number[];
}

/** Trees that grow as boosting grows them: any leaf may be the next to split. Thresholds are quarters, as rows are. */
export function randomForest(source: Source, options: ForestOptions): ForestLists {
  const { trees, leaves, features, weigh, modes = ["BRANCH_LEQ"] } = options;
  const lists = {
    nodes_treeids: [] as number[],
    nodes_nodeids: [] as number[],
    nodes_featureids: [] as number[],
    nodes_values: [] as number[],
    nodes_truenodeids: [] as number[],
    nodes_falsenodeids: [] as number[],
    nodes_missing_value_tracks_true: [] as number[],
    nodes_modes: [] as string[],
  };
  const weighed = {
    trees: [] as number[],
    leaves: [] as number[],
    targets: [] as number[],
    weights: [] as number[],
  };
  for (let tree = 0; tree < trees; tree++) {
    const base = lists.nodes_treeids.length;
    const add = (): number => {
      lists.nodes_treeids.push(tree);
      const node = lists.nodes_nodeids.push(lists.nodes_treeids.length - 1 - base) - 1;
      lists.nodes_featureids.push(0);
      lists.nodes_values.push(0);
      lists.nodes_truenodeids.push(0);
      lists.nodes_falsenodeids.push(0);
      lists.nodes_missing_value_tracks_true.push(0);
      lists.nodes_modes.push("LEAF");
      return node;
    };
    const open = [add()];
    while (open.length < leaves) {
      const [node] = open.splice(source.int(0, open.length - 1), 1) as [number];
      lists.nodes_modes[node] = source.pick(modes);
      lists.nodes_featureids[node] = source.int(0, features - 1);
      lists.nodes_values[node] = source.int(-8, 8) / 4;
      lists.nodes_missing_value_tracks_true[node] = source.int(0, 1);
      const [yes, no] = [add(), add()];
      lists.nodes_truenodeids[node] = yes - base;
      lists.nodes_falsenodeids[node] = no - base;
      open.push(yes, no);
    }
    for (const leaf of open)
      for (const [target, weight] of weigh(tree)) {
        weighed.trees.push(tree);
        weighed.leaves.push(leaf - base);
        weighed.targets.push(target);
        weighed.weights.push(weight);
      }
  }
  return { nodes: lists, ...weighed };
}

/** Rows of quarters, so that they often stand on a threshold, with some numbers missing. */
export function forestRow(source: Source, features: number): Float32Array {
  return Float32Array.from({ length: features }, () =>
    source.uniform() < 0.05 ? Number.NaN : source.int(-12, 12) / 4,
  );
}
