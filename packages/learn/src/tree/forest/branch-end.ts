import { seededRandom } from "../../random.ts";
import { bestSplit, type SplitSearch } from "./best-split.ts";
import { writeBranch, writeLeaf, type ForestDraft } from "./forest-draft.ts";
import { gatherRows } from "./gather-row.ts";
import { bringNear } from "./near-row.ts";
import { addNode } from "./node-list.ts";
import { isLeaf, type NodeRows } from "./node-rows.ts";
import { partRows } from "./part-rows.ts";

/** Grows ends of branches: whole subtrees, of nodes with few enough rows. */
export interface EndGrower {
  /** Rows at most. */
  readonly most: number;
  /**
   * Adds the subtree of the rows `order[start..end)` to the draft, and leaves nothing of use there. It depends on the
   * rows and the seed alone.
   *
   * @param depth of its root.
   * @returns its root.
   */
  grow(start: number, end: number, depth: number, seed: number): number;
}

/** A node whose rows are known. */
interface Waiting {
  readonly node: number;
  readonly start: number;
  readonly end: number;
  readonly depth: number;
}

/** Grows ends of any kind in TypeScript: the oracle of those in WebAssembly. */
export function endGrower(rows: NodeRows, { growth, ...kept }: SplitSearch, draft: ForestDraft): EndGrower {
  const search = { ...kept, growth, features: kept.features.slice() };
  const { list } = draft;
  return {
    most: rows.near.most,
    grow(start, end, depth, seed) {
      const random = seededRandom(seed);
      for (let at = 0; at < search.features.length; at++) search.features[at] = at;
      bringNear(rows, start, end);
      const root = addNode(list);
      const waiting: Waiting[] = [{ node: root, start, end, depth }];
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const { node } = next;
        gatherRows(rows, next.start, next.end);
        writeLeaf(draft, node, rows);
        if (isLeaf(rows, growth, next.depth)) continue;
        const split = bestSplit(search, next.start, next.end, random);
        if (split === undefined) continue;
        writeBranch(draft, node, split);
        const middle = partRows(rows, next.start, next.end, split);
        const [left, right] = [addNode(list), addNode(list)];
        list.left[node] = left;
        list.right[node] = right;
        waiting.push({ node: right, start: middle, end: next.end, depth: next.depth + 1 });
        waiting.push({ node: left, start: next.start, end: middle, depth: next.depth + 1 });
      }
      return root;
    },
  };
}
