import type { BinnedFeature } from "../../binned-table.ts";
import type { Tree } from "../../tree-ensemble.ts";

/** Adds what a tree says of rows to their scores; the rows are known by their bins alone. */
export type BinWalk = (
  bins: readonly Uint8Array[],
  scores: Float64Array,
  to: {
    readonly offset: number;
    readonly stride: number;
    /** What the leaves' values are multiplied by. Default 1. */
    readonly factor?: number;
    /** Default all. */
    readonly rows?: Int32Array | undefined;
  },
) => void;

/** Words of a bit for each of the 256 bins that there may be. */
const WORDS = 8;

/**
 * Prepares a tree for rows in the bins that it was grown in. A bin goes where its values do: numeric bins up to the
 * threshold left (it is one of their upper bounds), and the bin behind a feature's values as what is missing.
 */
export function binWalk(tree: Tree, features: readonly BinnedFeature[]): BinWalk {
  // Made when rows come: many trees are never asked about any.
  let walk: BinWalk | undefined;
  return (bins, scores, to) => (walk ??= preparedWalk(tree, features))(bins, scores, to);
}

function preparedWalk(tree: Tree, features: readonly BinnedFeature[]): BinWalk {
  const { feature, left, right, value } = tree;
  const nodes = feature.length;
  // Children of node n at 2 n and 2 n + 1, right before left; a leaf is -1 - its node.
  const next = new Int32Array(2 * nodes);
  const goesLeft = new Uint32Array(nodes * WORDS);
  const ended = (node: number) => (feature[node]! < 0 ? -1 - node : node);
  for (let node = 0; node < nodes; node++) {
    if (feature[node]! < 0) continue;
    next[2 * node] = ended(right[node]!);
    next[2 * node + 1] = ended(left[node]!);
    markLeft(tree, node, features[feature[node]!]!, goesLeft.subarray(node * WORDS, (node + 1) * WORDS));
  }
  return (bins, scores, { offset, stride, factor = 1, rows }) => {
    const asked = Array.from(feature, (of) => bins[Math.max(0, of)]!);
    const count = rows?.length ?? bins[0]?.length ?? 0;
    const start = ended(0);
    let at = 0;
    // Four rows side by side: the processor looks up the bins of one while it waits for those of another.
    for (; at + 4 <= count; at += 4) {
      const [a, b, c, d] =
        rows === undefined
          ? [at, at + 1, at + 2, at + 3]
          : [rows[at]!, rows[at + 1]!, rows[at + 2]!, rows[at + 3]!];
      let [na, nb, nc, nd] = [start, start, start, start];
      while ((na & nb & nc & nd) >= 0) {
        if (na >= 0) na = next[2 * na + bitOf(goesLeft, na, asked[na]![a]!)]!;
        if (nb >= 0) nb = next[2 * nb + bitOf(goesLeft, nb, asked[nb]![b]!)]!;
        if (nc >= 0) nc = next[2 * nc + bitOf(goesLeft, nc, asked[nc]![c]!)]!;
        if (nd >= 0) nd = next[2 * nd + bitOf(goesLeft, nd, asked[nd]![d]!)]!;
      }
      scores[offset + a * stride]! += factor * value[-1 - na]!;
      scores[offset + b * stride]! += factor * value[-1 - nb]!;
      scores[offset + c * stride]! += factor * value[-1 - nc]!;
      scores[offset + d * stride]! += factor * value[-1 - nd]!;
    }
    for (; at < count; at++) {
      const row = rows === undefined ? at : rows[at]!;
      let node = start;
      while (node >= 0) node = next[2 * node + bitOf(goesLeft, node, asked[node]![row]!)]!;
      scores[offset + row * stride]! += factor * value[-1 - node]!;
    }
  };
}

/** 1 where a bin goes left at a node. */
function bitOf(goesLeft: Uint32Array, node: number, bin: number): number {
  return (goesLeft[node * WORDS + (bin >> 5)]! >>> (bin & 31)) & 1;
}

function markLeft(tree: Tree, node: number, feature: BinnedFeature, left: Uint32Array): void {
  const mark = (bin: number, goes: number) => (left[bin >> 5]! |= goes << (bin & 31));
  if (feature.kind === "numeric") {
    const threshold = tree.threshold[node]!;
    const { upper } = feature;
    for (let bin = 0; bin < upper.length && upper[bin]! <= threshold; bin++) mark(bin, 1);
    mark(upper.length, tree.missingLeft[node]!);
    return;
  }
  const words = tree.sets[tree.set[node]!]!;
  for (const [bin, code] of feature.codes.entries()) mark(bin, ((words[code >> 5] ?? 0) >>> (code & 31)) & 1);
  mark(feature.codes.length, tree.missingLeft[node]!);
}
