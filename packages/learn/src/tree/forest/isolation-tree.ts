import type { Random } from "../../random.ts";
import type { Tree } from "../tree-ensemble.ts";
import type { TreeColumn, TreeTable } from "../tree-table.ts";
import { drawBelow, tossCoin } from "./draw.ts";
import { addNode, takeTree, type NodeList } from "./node-list.ts";
import { averagePathLength } from "./path-length.ts";

/** A branch drawn at random that parts the rows of a node. */
interface IsolationSplit {
  /** NaN for a set. */
  readonly threshold: number;
  /** Codes that go left, as bits; undefined for numbers. */
  readonly set: Uint32Array | undefined;
  readonly missingLeft: boolean;
  readonly goesLeft: (row: number) => boolean;
}

/**
 * Grows a tree that parts rows at random: a feature that differs among the rows of the node, and a threshold between its
 * least and largest value, or a set of categories. A leaf's value is the length of its path, and what more its rows
 * would take.
 *
 * @param rows places in the table; reordered.
 * @param features of the tree; reordered.
 */
export function growIsolationTree(
  table: TreeTable,
  rows: Int32Array,
  features: Int32Array,
  depth: number,
  list: NodeList,
  random: Random,
): Tree {
  const visit = (start: number, end: number, at: number): number => {
    const count = end - start;
    const node = addNode(list);
    list.rows[node] = count;
    list.weight[node] = count;
    list.value[node] = at + averagePathLength(count);
    if (count <= 1 || at >= depth) return node;
    for (let drawn = 0; drawn < features.length; drawn++) {
      const other = drawn + drawBelow(random, features.length - drawn);
      const feature = features[other]!;
      features[other] = features[drawn]!;
      features[drawn] = feature;
      const split = randomSplit(table.columns[feature]!, rows.subarray(start, end), random);
      if (split === undefined) continue;
      list.feature[node] = feature;
      list.threshold[node] = split.threshold;
      list.missingLeft[node] = split.missingLeft ? 1 : 0;
      if (split.set !== undefined) list.set[node] = list.sets.push(split.set) - 1;
      const middle = start + partRows(rows.subarray(start, end), split.goesLeft);
      list.left[node] = visit(start, middle, at + 1);
      list.right[node] = visit(middle, end, at + 1);
      break;
    }
    return node;
  };
  visit(0, rows.length, 0);
  return takeTree(list);
}

function randomSplit(column: TreeColumn, rows: Int32Array, random: Random): IsolationSplit | undefined {
  return column.kind === "numeric"
    ? randomThreshold(column.values, rows, random)
    : randomSet(column.codes, column.categories.length, rows, random);
}

/** Infinities lie at the ends of float64; NaN where a row is missing. */
function finiteOf(value: number): number {
  return Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, value));
}

function randomThreshold(
  values: ArrayLike<number>,
  rows: Int32Array,
  random: Random,
): IsolationSplit | undefined {
  let [least, most, missing] = [Infinity, -Infinity, false];
  for (const row of rows) {
    const value = values[row]!;
    if (Number.isNaN(value)) missing = true;
    else {
      least = Math.min(least, finiteOf(value));
      most = Math.max(most, finiteOf(value));
    }
  }
  if (least === Infinity || (least === most && !missing)) return undefined;
  let [threshold, missingLeft] = [most, false];
  if (least < most) {
    const share = random.uint32() / 4294967296;
    const drawn = least * (1 - share) + most * share;
    threshold = drawn >= least && drawn < most ? drawn : least;
    missingLeft = tossCoin(random);
  }
  const goesLeft = (row: number) => {
    const value = values[row]!;
    return Number.isNaN(value) ? missingLeft : value <= threshold;
  };
  // Of infinities alone some do not pass the threshold that all of them would.
  const first = goesLeft(rows[0]!);
  if (!rows.some((row) => goesLeft(row) !== first)) return undefined;
  return { threshold, set: undefined, missingLeft, goesLeft };
}

/** Draws of a set before its first category is put apart by force. */
const TOSSES = 32;

function randomSet(
  codes: Int32Array,
  categories: number,
  rows: Int32Array,
  random: Random,
): IsolationSplit | undefined {
  const place = (row: number) => {
    const code = codes[row]!;
    return code >= 0 && code < categories ? code : -1;
  };
  const first = place(rows[0]!);
  if (!rows.some((row) => place(row) !== first)) return undefined;
  for (let toss = 0; ; toss++) {
    // A bit each: categories that the node lacks are tossed as well.
    const set = Uint32Array.from({ length: (categories + 31) >>> 5 }, () => random.uint32());
    if ((categories & 31) > 0) set[set.length - 1]! &= 2 ** (categories & 31) - 1;
    let missingLeft = tossCoin(random);
    const goesLeft = (row: number) => {
      const code = place(row);
      return code < 0 ? missingLeft : ((set[code >>> 5]! >>> (code & 31)) & 1) === 1;
    };
    const side = goesLeft(rows[0]!);
    if (rows.some((row) => goesLeft(row) !== side))
      return { threshold: Number.NaN, set, missingLeft, goesLeft };
    if (toss < TOSSES) continue;
    if (first < 0) missingLeft = !missingLeft;
    else set[first >>> 5]! ^= 1 << (first & 31);
    return { threshold: Number.NaN, set, missingLeft, goesLeft };
  }
}

/** Puts rows that go left first, in their order. Returns how many they are. */
function partRows(rows: Int32Array, goesLeft: (row: number) => boolean): number {
  const left = rows.filter((row) => goesLeft(row));
  const right = rows.filter((row) => !goesLeft(row));
  rows.set(left);
  rows.set(right, left.length);
  return left.length;
}
