import type { Tree } from "../tree-ensemble.ts";

/** The columns of a tree that is being grown; entries from `count` on are not nodes yet. */
export interface NodeList {
  count: number;
  readonly width: number;
  readonly feature: Int32Array;
  readonly threshold: Float64Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly missingLeft: Uint8Array;
  readonly set: Int32Array;
  readonly sets: Uint32Array[];
  readonly value: Float64Array;
  readonly rows: Float64Array;
  readonly weight: Float64Array;
  readonly gain: Float64Array;
}

/** Room for `capacity` nodes; used for one tree after the other. */
export function nodeList(capacity: number, width: number): NodeList {
  return {
    count: 0,
    width,
    feature: new Int32Array(capacity),
    threshold: new Float64Array(capacity),
    left: new Int32Array(capacity),
    right: new Int32Array(capacity),
    missingLeft: new Uint8Array(capacity),
    set: new Int32Array(capacity),
    sets: [],
    value: new Float64Array(capacity * width),
    rows: new Float64Array(capacity),
    weight: new Float64Array(capacity),
    gain: new Float64Array(capacity),
  };
}

/** Adds a leaf without rows and a value; the caller gives it both, and what asks there if it becomes a branch. */
export function addNode(list: NodeList): number {
  const node = list.count++;
  list.feature[node] = -1;
  list.threshold[node] = Number.NaN;
  list.left[node] = -1;
  list.right[node] = -1;
  list.missingLeft[node] = 0;
  list.set[node] = -1;
  list.gain[node] = 0;
  return node;
}

/** The nodes as a tree of its own; the list is empty then. */
export function takeTree(list: NodeList): Tree {
  const { count, width } = list;
  const sets = Object.freeze([...list.sets]);
  list.count = 0;
  list.sets.length = 0;
  return Object.freeze({
    feature: list.feature.slice(0, count),
    threshold: list.threshold.slice(0, count),
    left: list.left.slice(0, count),
    right: list.right.slice(0, count),
    missingLeft: list.missingLeft.slice(0, count),
    set: list.set.slice(0, count),
    sets,
    width,
    value: list.value.slice(0, count * width),
    count: list.rows.slice(0, count),
    weight: list.weight.slice(0, count),
    gain: list.gain.slice(0, count),
  });
}
