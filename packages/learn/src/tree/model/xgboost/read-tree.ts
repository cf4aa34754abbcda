import type { Tree, TreeFeature } from "../../tree-ensemble.ts";
import {
  floatsIn,
  integersIn,
  malformedXgboost,
  objectIn,
  parameterIn,
  unsupportedXgboost,
  type JsonObject,
} from "./json-field.ts";
import { strictThreshold } from "./strict-threshold.ts";

/** Nodes of a tree at most. */
const MOST_NODES = 2 ** 26;

/** XGBoost's own bound of a category's code. */
const MOST_CODE = 2 ** 24 - 1;

/** A tree as the JSON has it; nodes that were pruned away still have their places. */
export interface XgboostTree {
  readonly path: string;
  readonly nodes: number;
  readonly feature: Float64Array;
  readonly condition: Float64Array;
  readonly left: Float64Array;
  readonly right: Float64Array;
  readonly defaultLeft: Float64Array;
  readonly gain: Float64Array;
  readonly hessian: Float64Array;
  /** The categories that go right at a node. */
  readonly categories: ReadonlyMap<number, Float64Array>;
  /** Nodes that a walk can reach, parents before children. */
  readonly reached: readonly number[];
}

function categoriesOf(from: JsonObject, nodes: number): Map<number, Float64Array> {
  const sets = new Map<number, Float64Array>();
  // Models from before 1.3 have none.
  if (!Object.hasOwn(from.value, "split_type")) return sets;
  const types = integersIn(from, "split_type", 0, 1, nodes);
  const all = integersIn(from, "categories", 0, MOST_CODE);
  const owners = integersIn(from, "categories_nodes", 0, nodes - 1);
  const starts = integersIn(from, "categories_segments", 0, all.length, owners.length);
  const sizes = integersIn(from, "categories_sizes", 0, all.length, owners.length);
  let total = 0;
  for (const [at, owner] of owners.entries()) {
    const [start, size] = [starts[at]!, sizes[at]!];
    // Sets that overlap would take more time than their text.
    total += size;
    if (total > all.length)
      throw malformedXgboost(`${from.path}.categories_sizes`, `${all.length} in all`, total);
    if (types[owner] !== 1 || sets.has(owner) || start + size > all.length)
      throw malformedXgboost(`${from.path}.categories_nodes`, "each categorical node once", owner);
    sets.set(owner, all.subarray(start, start + size));
  }
  const lacking = types.findIndex((type, node) => type === 1 && !sets.has(node));
  if (lacking >= 0) throw malformedXgboost(`${from.path}.categories_nodes`, `node ${lacking}`, "none");
  return sets;
}

/** The nodes below the root; no node is met twice. */
function reachedOf(path: string, left: Float64Array, right: Float64Array): number[] {
  const reached = [0];
  const seen = new Uint8Array(left.length);
  seen[0] = 1;
  for (const node of reached) {
    if (left[node] === -1 && right[node] === -1) continue;
    for (const child of [left[node]!, right[node]!]) {
      if (child === -1 || seen[child] === 1)
        throw malformedXgboost(`${path}, node ${node}`, "two children of its own", child);
      seen[child] = 1;
      reached.push(child);
    }
  }
  return reached;
}

/** Reads a tree. @throws MODEL_MALFORMED; MODEL_UNSUPPORTED for leaves of several numbers. */
export function readTree(from: JsonObject, features: number): XgboostTree {
  const parameters = objectIn(from, "tree_param");
  if (parameterIn(parameters, "size_leaf_vector", 0, MOST_NODES, "0") > 1)
    throw unsupportedXgboost(
      from.path,
      "leaves of one number",
      "leaves of several (multi_output_tree)",
      "Train with multi_strategy=one_output_per_tree.",
    );
  const nodes = parameterIn(parameters, "num_nodes", 1, MOST_NODES);
  const left = integersIn(from, "left_children", -1, nodes - 1, nodes);
  const right = integersIn(from, "right_children", -1, nodes - 1, nodes);
  const reached = reachedOf(from.path, left, right);
  const feature = integersIn(from, "split_indices", 0, 2 ** 32 - 1, nodes);
  for (const node of reached)
    if (left[node] !== -1 && feature[node]! >= features)
      throw malformedXgboost(`${from.path}, node ${node}`, `a feature below ${features}`, feature[node]);
  return {
    path: from.path,
    nodes,
    feature,
    left,
    right,
    reached,
    condition: floatsIn(from, "split_conditions", nodes),
    defaultLeft: integersIn(from, "default_left", 0, 1, nodes),
    gain: floatsIn(from, "loss_changes", nodes),
    hessian: floatsIn(from, "sum_hessian", nodes),
    categories: categoriesOf(from, nodes),
  };
}

/** Bits of the codes below `codes` that are not among those that go right. */
function leftSet(right: Float64Array, codes: number): Uint32Array {
  const words = new Uint32Array((codes + 31) >>> 5);
  for (let code = 0; code < codes; code++) words[code >>> 5]! |= 1 << (code & 31);
  for (const code of right) if (code < codes) words[code >>> 5]! &= ~(1 << (code & 31));
  return words;
}

/** A tree of ours: nodes in the order of a walk by levels. XGBoost keeps no counts of rows, and of branches no values. */
export function treeOf(read: XgboostTree, features: readonly TreeFeature[], factor: number): Tree {
  const { reached } = read;
  const place = new Map(reached.map((node, at) => [node, at]));
  const isLeaf = (node: number): boolean => read.left[node] === -1;
  const sets: Uint32Array[] = [];
  const columnOf = (numberOf: (node: number) => number) => Float64Array.from(reached, numberOf);
  return {
    feature: Int32Array.from(reached, (node) => (isLeaf(node) ? -1 : read.feature[node]!)),
    threshold: columnOf((node) =>
      isLeaf(node) || read.categories.has(node) ? Number.NaN : strictThreshold(read.condition[node]!),
    ),
    left: Int32Array.from(reached, (node) => place.get(read.left[node]!) ?? -1),
    right: Int32Array.from(reached, (node) => place.get(read.right[node]!) ?? -1),
    missingLeft: Uint8Array.from(reached, (node) => (isLeaf(node) ? 0 : read.defaultLeft[node]!)),
    set: Int32Array.from(reached, (node) => {
      const right = isLeaf(node) ? undefined : read.categories.get(node);
      const feature = features[read.feature[node]!];
      if (right === undefined || feature?.kind !== "categorical") return -1;
      return sets.push(leftSet(right, feature.categories.length)) - 1;
    }),
    sets,
    width: 1,
    value: columnOf((node) => (isLeaf(node) ? Math.fround(read.condition[node]! * factor) : Number.NaN)),
    count: columnOf(() => Number.NaN),
    weight: columnOf((node) => Math.max(0, read.hessian[node]!)),
    gain: columnOf((node) => (isLeaf(node) ? 0 : read.gain[node]!)),
  };
}
