import { seededRandom, type Random } from "../../random.ts";
import type { Tree } from "../tree-ensemble.ts";
import { bestSplit, splitSearch, type SplitSearch } from "./best-split.ts";
import { binPath, type BinPath } from "./bin-path.ts";
import { endGrower, type EndGrower } from "./branch-end.ts";
import { forestDraft, writeBranch, writeLeaf, type ForestDraft } from "./forest-draft.ts";
import type { ForestGrowth, ForestSource } from "./forest-source.ts";
import { bestFirst, depthFirst, type Frontier } from "./frontier.ts";
import { gatherRows } from "./gather-row.ts";
import { addNode, takeTree } from "./node-list.ts";
import { isLeaf, nodeRows, startRows, type NodeRows } from "./node-rows.ts";
import { partRows } from "./part-rows.ts";
import { wasmEnds } from "./wasm-end.ts";

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
 *
 * Where leaves have no limit, a node whose rows stay in the processor's cache is the end of a branch, and grown as a
 * whole: in WebAssembly where that is here and takes such rows, else in TypeScript, to the same bit.
 *
 * @param ends what grows them, for comparisons.
 */
export function treeGrower(source: ForestSource, growth: ForestGrowth, ends = wasmEnds): TreeGrower {
  const draft = forestDraft(source, Math.min(source.table.rows, growth.leaves));
  const whole = growth.leaves === Infinity;
  const kernels = whole ? ends(source, growth, draft) : undefined;
  const rows = nodeRows(source, whole && kernels === undefined);
  const search = splitSearch(rows, growth);
  const end = whole ? (kernels?.(rows) ?? endGrower(rows, search, draft)) : undefined;
  return {
    drawn: rows.drawn,
    grow(seed) {
      const random = seededRandom(seed);
      const frontier = whole ? depthFirst() : bestFirst();
      const count = startRows(rows);
      for (let at = 0; at < search.features.length; at++) search.features[at] = at;
      const plan = { rows, search, draft, frontier, growth, random, end };
      visit(plan, 0, count, 0);
      for (let leaves = 1; leaves < growth.leaves; leaves++) {
        const next = frontier.pop();
        if (next === undefined) break;
        const { node, start, end, depth, split } = next;
        writeBranch(draft, node, split);
        const middle = partRows(rows, start, end, split);
        draft.list.left[node] = visit(plan, start, middle, depth + 1);
        draft.list.right[node] = visit(plan, middle, end, depth + 1);
      }
      const cut = draft.cuts.slice(0, draft.list.count);
      const tree = takeTree(draft.list);
      return { tree, path: binPath(source.table, tree, cut, draft.goesLeft.splice(0)) };
    },
  };
}

interface GrowthPlan {
  readonly rows: NodeRows;
  readonly search: SplitSearch;
  readonly draft: ForestDraft;
  readonly frontier: Frontier;
  readonly growth: ForestGrowth;
  readonly random: Random;
  readonly end: EndGrower | undefined;
}

/** Grows the end of a branch, or makes a leaf of the rows and puts it on the frontier where it can be split. */
function visit(
  { rows, search, draft, frontier, growth, random, end: ends }: GrowthPlan,
  start: number,
  end: number,
  depth: number,
): number {
  if (ends !== undefined && end - start <= ends.most) return ends.grow(start, end, depth, random.uint32());
  gatherRows(rows, start, end);
  const node = addNode(draft.list);
  writeLeaf(draft, node, rows);
  if (isLeaf(rows, growth, depth)) return node;
  const split = bestSplit(search, start, end, random);
  if (split !== undefined) frontier.push({ node, start, end, depth, split });
  return node;
}
