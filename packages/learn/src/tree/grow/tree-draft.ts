import type { BinnedFeature } from "../binned-table.ts";
import type { Tree } from "../tree-ensemble.ts";
import type { FoundSplit, GrowingLeaf } from "./growing-leaf.ts";

/** A tree of which nodes are added. */
export interface TreeDraft {
  /** Adds a leaf; returns its node. */
  add(leaf: { readonly lower: number; readonly upper: number; readonly rows: number; l2: number }): number;
  /** Makes a leaf a branch with two nodes that were added. @param goesLeft 1 for bins that go left. */
  branch(leaf: GrowingLeaf, split: FoundSplit, goesLeft: Uint8Array, left: number, right: number): void;
  readonly nodes: readonly DraftNode[];
  /** Codes of categorical branches that go left. */
  readonly sets: readonly Uint32Array[];
}

/** A node as long as the tree grows. */
export interface DraftNode {
  readonly rows: number;
  readonly lower: number;
  readonly upper: number;
  /** What its value is regularised by. */
  readonly l2: number;
  feature: number;
  threshold: number;
  left: number;
  right: number;
  missingLeft: boolean;
  set: number;
  gain: number;
}

/** A tree without nodes. */
export function treeDraft(features: readonly BinnedFeature[]): TreeDraft {
  const nodes: DraftNode[] = [];
  const sets: Uint32Array[] = [];
  return {
    nodes,
    sets,
    add({ lower, upper, rows, l2 }) {
      const none = { feature: -1, threshold: NaN, left: -1, right: -1, missingLeft: false, set: -1, gain: 0 };
      return nodes.push({ ...none, rows, lower, upper, l2 }) - 1;
    },
    branch(leaf, split, goesLeft, left, right) {
      const feature = features[split.feature]!;
      const node = nodes[leaf.node]!;
      const { missingLeft, gain } = split;
      Object.assign(node, { feature: split.feature, left, right, missingLeft, gain });
      if (feature.kind === "numeric") node.threshold = feature.upper[split.bin]!;
      else node.set = sets.push(codesOf(feature, goesLeft)) - 1;
    },
  };
}

/** The codes of bins that go left, as bits. Codes without a bin of their own go where what is missing goes. */
function codesOf(
  feature: Extract<BinnedFeature, { kind: "categorical" }>,
  goesLeft: Uint8Array,
): Uint32Array {
  const goes = new Uint8Array(feature.categories.length).fill(goesLeft[feature.codes.length]!);
  for (const [bin, code] of feature.codes.entries()) goes[code] = goesLeft[bin]!;
  const words = new Uint32Array((goes.lastIndexOf(1) >> 5) + 1);
  for (const [code, left] of goes.entries()) if (left === 1) words[code >> 5]! |= 1 << (code & 31);
  return words;
}

/**
 * The tree as columns.
 *
 * @param values of each node. [nodes]
 * @param weight the hessians of each node's rows. [nodes]
 */
export function finishedTree(draft: TreeDraft, values: Float64Array, weight: Float64Array): Tree {
  const { nodes } = draft;
  const count = nodes.length;
  // All in one piece of memory: each piece of its own costs more than what these few nodes take.
  const memory = new ArrayBuffer(count * (3 * 8 + 4 * 4 + 1));
  const doubles = (place: number) => new Float64Array(memory, 8 * count * place, count);
  const integers = (place: number) => new Int32Array(memory, 4 * count * (6 + place), count);
  const [threshold, rows, gain] = [doubles(0), doubles(1), doubles(2)];
  const [feature, left, right, set] = [integers(0), integers(1), integers(2), integers(3)];
  const missingLeft = new Uint8Array(memory, 40 * count, count);
  for (let at = 0; at < count; at++) {
    const node = nodes[at]!;
    feature[at] = node.feature;
    threshold[at] = node.threshold;
    left[at] = node.left;
    right[at] = node.right;
    missingLeft[at] = node.missingLeft ? 1 : 0;
    set[at] = node.set;
    rows[at] = node.rows;
    gain[at] = node.gain;
  }
  return {
    feature,
    threshold,
    left,
    right,
    missingLeft,
    set,
    sets: draft.sets,
    width: 1,
    value: values,
    count: rows,
    weight,
    gain,
  };
}
