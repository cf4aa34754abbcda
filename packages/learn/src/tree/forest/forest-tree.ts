import { seededRandom, type Random } from "../../random.ts";
import type { BinnedFeature } from "../binned-table.ts";
import type { Tree } from "../tree-ensemble.ts";
import { bestSplit, splitSearch, type ForestSplit, type SplitSearch } from "./best-split.ts";
import { pickBins } from "./bin-sum.ts";
import { binPath, type BinPath } from "./bin-path.ts";
import { bestFirst, depthFirst, type Frontier } from "./frontier.ts";
import type { ForestGrowth, ForestSource } from "./forest-source.ts";
import { addNode, nodeList, takeTree, type NodeList } from "./node-list.ts";
import { gatherRows } from "./gather-row.ts";
import { bringNear } from "./near-row.ts";
import { nodeRows, startRows, writeValue, type NodeRows } from "./node-rows.ts";

/** Grows the trees of a forest, one after the other, on memory that is theirs. */
export interface TreeGrower {
  /** Per row how often the next tree is to see it; the caller fills it before `grow`. */
  readonly drawn: Uint32Array;
  /** @param seed of the features that branches look at. */
  grow(seed: number): { readonly tree: Tree; readonly path: BinPath };
}

/**
 * Grows trees of a forest as L. Breiman does ("Random forests", Machine Learning 45, 2001; with random thresholds P.
 * Geurts, D. Ernst and L. Wehenkel, "Extremely randomized trees", Machine Learning 63, 2006), over bins.
 *
 * Boosting sums all features of a node and keeps the sums for its children; a forest looks at few features, other ones
 * at every node, and splits until rows are alone. So this one keeps nothing, sums the drawn features of a node over its
 * rows, and visits only bins that rows are in: a node costs its rows, however many bins there are. Sums are float64 in
 * the order of rows, trees do not touch each other: a tree depends on its seed and its rows alone.
 */
export function treeGrower(source: ForestSource, growth: ForestGrowth): TreeGrower {
  const rows = nodeRows(source);
  const search = splitSearch(rows, growth);
  const most = Math.min(source.table.rows, growth.leaves);
  const list = nodeList(Math.max(1, 2 * most - 1), source.classes === 0 ? 1 : source.classes);
  const cuts = new Int32Array(list.feature.length);
  const spare = new Int32Array(source.table.rows);
  return {
    drawn: rows.drawn,
    grow(seed) {
      const random = seededRandom(seed);
      const frontier = growth.leaves === Infinity ? depthFirst() : bestFirst();
      const goesLeft: Uint8Array[] = [];
      const count = startRows(rows);
      for (let at = 0; at < search.features.length; at++) search.features[at] = at;
      const plan = { rows, search, list, frontier, growth, random };
      visit(plan, 0, count, 0);
      for (let leaves = 1; leaves < growth.leaves; leaves++) {
        const next = frontier.pop();
        if (next === undefined) break;
        const { node, start, end, depth, split } = next;
        writeBranch(list, source.table.features[split.feature]!, node, split);
        cuts[node] = split.cut;
        if (split.goesLeft !== undefined) goesLeft.push(split.goesLeft);
        // Others come in between where the best node is next.
        if (growth.leaves === Infinity) bringNear(rows, start, end);
        const middle = partition(rows, spare, start, end, split);
        list.left[node] = visit(plan, start, middle, depth + 1);
        list.right[node] = visit(plan, middle, end, depth + 1);
      }
      const cut = cuts.slice(0, list.count);
      const tree = takeTree(list);
      return { tree, path: binPath(source.table, tree, cut, goesLeft) };
    },
  };
}

interface GrowthPlan {
  readonly rows: NodeRows;
  readonly search: SplitSearch;
  readonly list: NodeList;
  readonly frontier: Frontier;
  readonly growth: ForestGrowth;
  readonly random: Random;
}

/** Makes a leaf of the rows, and puts it on the frontier where it can be split. */
function visit(
  { rows, search, list, frontier, growth, random }: GrowthPlan,
  start: number,
  end: number,
  depth: number,
): number {
  gatherRows(rows, start, end);
  const node = addNode(list, rows.draws, rows.total[0]!);
  writeValue(rows, list.value, node * list.width);
  if (rows.pure || depth >= growth.depth || rows.draws < 2 * growth.minChildRows) return node;
  const split = bestSplit(search, start, end, random);
  if (split !== undefined) frontier.push({ node, start, end, depth, split });
  return node;
}

function writeBranch(list: NodeList, feature: BinnedFeature, node: number, split: ForestSplit): void {
  list.feature[node] = split.feature;
  list.missingLeft[node] = split.missingLeft ? 1 : 0;
  list.gain[node] = split.gain;
  if (feature.kind === "numeric") list.threshold[node] = feature.upper[split.cut]!;
  else {
    list.set[node] = list.sets.length;
    list.sets.push(codesOf(feature, split));
  }
}

/** The codes of bins that go left; those without a bin of their own go where what is missing goes. */
function codesOf(feature: BinnedFeature & { kind: "categorical" }, split: ForestSplit): Uint32Array {
  const bits = new Uint32Array((feature.categories.length + 31) >>> 5);
  if (split.missingLeft)
    for (let code = 0; code < feature.categories.length; code++) bits[code >>> 5]! |= 1 << (code & 31);
  for (const [bin, code] of feature.codes.entries()) {
    if (split.goesLeft![bin] === 1) bits[code >>> 5]! |= 1 << (code & 31);
    else bits[code >>> 5]! &= ~(1 << (code & 31));
  }
  return bits;
}

/** Rows that go left come first; both sides keep their order. Returns where the right side begins. */
function partition(s: NodeRows, spare: Int32Array, start: number, end: number, split: ForestSplit): number {
  const { order, picked } = s;
  const { feature, goesLeft, cut } = split;
  const of = s.source.table.features[feature]!;
  pickBins(s, feature, start, end - start);
  if (goesLeft !== undefined) return partSet(order, spare, picked, start, end, goesLeft);
  const missing = of.kind === "numeric" && of.missing && split.missingLeft ? of.bins - 1 : -1;
  return partCut(order, spare, picked, start, end, cut, missing);
}

function partCut(
  order: Int32Array,
  spare: Int32Array,
  picked: Uint8Array,
  start: number,
  end: number,
  cut: number,
  missing: number,
): number {
  let [middle, right] = [start, 0];
  for (let at = start; at < end; at++) {
    const row = order[at]!;
    const bin = picked[at - start]!;
    const left = bin <= cut || bin === missing ? 1 : 0;
    order[middle] = row;
    spare[right] = row;
    middle += left;
    right += 1 - left;
  }
  for (let at = 0; at < right; at++) order[middle + at] = spare[at]!;
  return middle;
}

function partSet(
  order: Int32Array,
  spare: Int32Array,
  picked: Uint8Array,
  start: number,
  end: number,
  goesLeft: Uint8Array,
): number {
  let [middle, right] = [start, 0];
  for (let at = start; at < end; at++) {
    const row = order[at]!;
    const left = goesLeft[picked[at - start]!]!;
    order[middle] = row;
    spare[right] = row;
    middle += left;
    right += 1 - left;
  }
  for (let at = 0; at < right; at++) order[middle + at] = spare[at]!;
  return middle;
}
