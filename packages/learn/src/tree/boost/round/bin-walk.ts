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

/** A byte for each bin that there may be. */
const BINS = 256;

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
  const goesLeft = new Uint8Array(nodes * BINS);
  const ended = (node: number) => (feature[node]! < 0 ? -1 - node : node);
  for (let node = 0; node < nodes; node++) {
    if (feature[node]! < 0) continue;
    next[2 * node] = ended(right[node]!);
    next[2 * node + 1] = ended(left[node]!);
    markLeft(tree, node, features[feature[node]!]!, goesLeft.subarray(node * BINS, (node + 1) * BINS));
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
        if (na >= 0) na = next[2 * na + goesLeft[na * BINS + asked[na]![a]!]!]!;
        if (nb >= 0) nb = next[2 * nb + goesLeft[nb * BINS + asked[nb]![b]!]!]!;
        if (nc >= 0) nc = next[2 * nc + goesLeft[nc * BINS + asked[nc]![c]!]!]!;
        if (nd >= 0) nd = next[2 * nd + goesLeft[nd * BINS + asked[nd]![d]!]!]!;
      }
      scores[offset + a * stride]! += factor * value[-1 - na]!;
      scores[offset + b * stride]! += factor * value[-1 - nb]!;
      scores[offset + c * stride]! += factor * value[-1 - nc]!;
      scores[offset + d * stride]! += factor * value[-1 - nd]!;
    }
    for (; at < count; at++) {
      const row = rows === undefined ? at : rows[at]!;
      let node = start;
      while (node >= 0) node = next[2 * node + goesLeft[node * BINS + asked[node]![row]!]!]!;
      scores[offset + row * stride]! += factor * value[-1 - node]!;
    }
  };
}

function markLeft(tree: Tree, node: number, feature: BinnedFeature, left: Uint8Array): void {
  if (feature.kind === "numeric") {
    const threshold = tree.threshold[node]!;
    const { upper } = feature;
    for (let bin = 0; bin < upper.length && upper[bin]! <= threshold; bin++) left[bin] = 1;
    left[upper.length] = tree.missingLeft[node]!;
    return;
  }
  const words = tree.sets[tree.set[node]!]!;
  for (const [bin, code] of feature.codes.entries())
    left[bin] = ((words[code >> 5] ?? 0) >>> (code & 31)) & 1;
  left[feature.codes.length] = tree.missingLeft[node]!;
}
