import type { Tree } from "../../tree-ensemble.ts";

/**
 * A tree as deep as it has branches, all of which ask feature 0: branch b is node 2 b, with a leaf on its left, to which numbers
 * up to 2 b go, or codes of a set that all branches share. Leaves say which node they are.
 */
export function chainTree(branches: number, shared?: Uint32Array): Tree {
  const nodes = Array.from({ length: 2 * branches + 1 }, (_, node) => node);
  const asks = (node: number) => node % 2 === 0 && node < 2 * branches;
  const of = (node: number, ofBranch: number, ofLeaf: number) => (asks(node) ? ofBranch : ofLeaf);
  const ones = new Float64Array(nodes.length).fill(1);
  return {
    feature: Int32Array.from(nodes, (node) => of(node, 0, -1)),
    threshold: Float64Array.from(nodes, (node) => of(node, shared === undefined ? node : NaN, NaN)),
    left: Int32Array.from(nodes, (node) => of(node, node + 1, -1)),
    right: Int32Array.from(nodes, (node) => of(node, node + 2, -1)),
    missingLeft: new Uint8Array(nodes.length),
    set: Int32Array.from(nodes, (node) => of(node, shared === undefined ? -1 : 0, -1)),
    sets: shared === undefined ? [] : [shared],
    width: 1,
    value: Float64Array.from(nodes),
    count: ones,
    weight: ones,
    gain: ones,
  };
}
