import {
  features,
  nodeCut,
  nodeDraws,
  nodeFeature,
  nodeGain,
  nodeLeft,
  nodeMissingLeft,
  nodeRight,
  nodeSums,
} from "./address";
import { drawBelow } from "./random";
import { high, low, missingLeft } from "./found";

/** Nodes of the end so far. */
export let nodes: i32 = 0;
/** The number of its root in the tree. */
let base: i32 = 0;

/** A root alone. */
export function startNodes(root: i32): void {
  nodes = 1;
  base = root;
}

/** A node is a leaf until it is said otherwise. */
export function writeLeaf(node: i32, sums: v128, draws: f64): void {
  store<i32>(nodeFeature + 4 * node, -1);
  store<i32>(nodeLeft + 4 * node, -1);
  store<i32>(nodeRight + 4 * node, -1);
  store<u8>(nodeMissingLeft + node, 0);
  v128.store(nodeSums + 16 * node, sums);
  store<f64>(nodeDraws + 8 * node, draws);
  store<f64>(nodeGain + 8 * node, 0);
}

/** A leaf becomes a branch at what was found. Returns its left child; the right one is next. */
export function writeBranch(node: i32, feature: i32, gain: f64): i32 {
  const left = nodes;
  nodes += 2;
  store<i32>(nodeFeature + 4 * node, feature);
  store<i32>(nodeCut + 4 * node, low | (high << 8));
  store<i32>(nodeLeft + 4 * node, base + left);
  store<i32>(nodeRight + 4 * node, base + left + 1);
  store<u8>(nodeMissingLeft + node, u8(missingLeft));
  store<f64>(nodeGain + 8 * node, gain);
  return left;
}

/** The next feature that a node looks at, of `width`. */
// @ts-ignore: decorator
@inline export function drawFeature(at: i32, width: i32): i32 {
  const there = features + 4 * at;
  const other = there + 4 * drawBelow(width - at);
  const feature = load<i32>(other);
  store<i32>(other, load<i32>(there));
  store<i32>(there, feature);
  return feature;
}
