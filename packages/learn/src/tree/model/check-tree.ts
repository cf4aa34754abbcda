import type { Tree, TreeFeature } from "../tree-ensemble.ts";
import { malformedEnsemble, malformedNode } from "./malformed-tree.ts";

/** Nodes of a tree at most: what a packed table addresses with 32 bits. */
const MOST_NODES = 2 ** 26;

/** Columns with one entry a node, and what array each is. */
const COLUMNS = {
  feature: Int32Array,
  threshold: Float64Array,
  left: Int32Array,
  right: Int32Array,
  missingLeft: Uint8Array,
  set: Int32Array,
  count: Float64Array,
  weight: Float64Array,
  gain: Float64Array,
} as const satisfies Partial<Record<keyof Tree, unknown>>;

function checkColumns(tree: Tree, at: number): number {
  const fail = (field: string, expected: string, received: unknown) =>
    malformedEnsemble(`tree ${at}, ${field}`, expected, received);
  if (!(tree.feature instanceof Int32Array)) throw fail("feature", "an Int32Array", typeof tree.feature);
  const nodes = tree.feature.length;
  if (nodes < 1 || nodes > MOST_NODES) throw fail("nodes", `1 to ${MOST_NODES}`, nodes);
  for (const [name, type] of Object.entries(COLUMNS)) {
    const column: unknown = tree[name as keyof typeof COLUMNS];
    if (!(column instanceof type) || column.length !== nodes)
      throw fail(
        name,
        `a ${type.name} of ${nodes}`,
        ArrayBuffer.isView(column) ? `${(column as Int32Array).length} numbers` : typeof column,
      );
  }
  if (!(tree.value instanceof Float64Array) || tree.value.length !== nodes * tree.width)
    throw fail("value", `a Float64Array of ${nodes} x ${tree.width}`, tree.value?.length);
  if (!Array.isArray(tree.sets) || !tree.sets.every((set) => set instanceof Uint32Array))
    throw fail("sets", "a list of Uint32Array", typeof tree.sets);
  return nodes;
}

/** @param most the largest code of each set, found once, as branches may share one. */
function checkBranch(
  tree: Tree,
  at: number,
  node: number,
  features: readonly TreeFeature[],
  most: readonly number[],
): void {
  const feature = features[tree.feature[node]!];
  const threshold = tree.threshold[node]!;
  const set = tree.set[node]!;
  if (feature === undefined)
    throw malformedNode(at, node, "feature", `-1 to ${features.length - 1}`, tree.feature[node]);
  if (feature.kind === "numeric") {
    if (Number.isNaN(threshold)) throw malformedNode(at, node, "threshold", "a number", "NaN");
    if (set !== -1) throw malformedNode(at, node, "set", "-1, as its feature is numeric", set);
    return;
  }
  if (!Number.isNaN(threshold))
    throw malformedNode(at, node, "threshold", "NaN, as its feature is categorical", threshold);
  if (tree.sets[set] === undefined) throw malformedNode(at, node, "set", `0 to ${tree.sets.length - 1}`, set);
  const codes = feature.categories.length;
  if (most[set]! >= codes) throw malformedNode(at, node, "set", `codes below ${codes}`, `${most[set]}`);
}

/** The largest code of a set; -1 of an empty one. */
function largestCode(words: Uint32Array): number {
  let word = words.length - 1;
  while (word >= 0 && words[word] === 0) word--;
  return word < 0 ? -1 : 32 * word + 31 - Math.clz32(words[word]!);
}

/**
 * Refuses a tree that is none: columns of other lengths, children that are missing, shared or before their parent, nodes that
 * nothing leads to, features, sets, thresholds and values out of range.
 *
 * @throws MODEL_MALFORMED naming tree and node.
 */
export function checkTree(tree: Tree, at: number, features: readonly TreeFeature[], outputs: number): void {
  if (tree.width !== 1 && tree.width !== outputs)
    throw malformedEnsemble(`tree ${at}, width`, outputs === 1 ? "1" : `1 or ${outputs}`, tree.width);
  const nodes = checkColumns(tree, at);
  const { left, right, set, threshold, missingLeft, value, width, count, weight } = tree;
  const most = tree.sets.map(largestCode);
  const parents = new Uint8Array(nodes);
  for (let node = 0; node < nodes; node++) {
    // Parents come first, so that a node without one has none at all: it cannot be reached.
    if (node > 0 && parents[node] === 0) throw malformedNode(at, node, "parent", "one", "none");
    if (missingLeft[node]! > 1) throw malformedNode(at, node, "missingLeft", "0 or 1", missingLeft[node]);
    if (count[node]! < 0) throw malformedNode(at, node, "count", "at least 0", count[node]);
    if (weight[node]! < 0) throw malformedNode(at, node, "weight", "at least 0", weight[node]);
    if (tree.feature[node] !== -1) {
      checkBranch(tree, at, node, features, most);
      checkChild(at, node, "left", left[node]!, parents);
      checkChild(at, node, "right", right[node]!, parents);
      continue;
    }
    for (let k = node * width; k < (node + 1) * width; k++)
      if (!Number.isFinite(value[k])) throw malformedNode(at, node, "value", "a finite number", value[k]);
    const none = "-1, as it is a leaf";
    if (left[node] !== -1) throw malformedNode(at, node, "left", none, left[node]);
    if (right[node] !== -1) throw malformedNode(at, node, "right", none, right[node]);
    if (set[node] !== -1) throw malformedNode(at, node, "set", none, set[node]);
    if (!Number.isNaN(threshold[node]))
      throw malformedNode(at, node, "threshold", "NaN, as it is a leaf", threshold[node]);
  }
}

function checkChild(at: number, node: number, side: string, child: number, parents: Uint8Array): void {
  const last = parents.length - 1;
  if (child <= node || child > last)
    throw malformedNode(at, node, side, `a node after it, up to ${last}`, child);
  if (parents[child] === 1) throw malformedNode(at, node, side, "a node of its own", `${child}, shared`);
  parents[child] = 1;
}
