import { seededRandom } from "../../random.ts";
import type { Tree } from "../tree-ensemble.ts";
import { bagPlan, drawBag } from "./bag.ts";
import type { ForestGrowth, ForestSource } from "./forest-source.ts";
import { treeGrower } from "./forest-tree.ts";
import { unseenLeaves } from "./out-of-bag.ts";

/** What grows any tree of a forest, given its seed: plain data, which may go to another thread as it is. */
export interface ForestJob {
  readonly source: ForestSource;
  readonly growth: ForestGrowth;
  readonly bag: { readonly share: number; readonly bootstrap: boolean };
  /** Whether the leaves of rows that a tree has not drawn are asked for. */
  readonly outOfBag: boolean;
}

/** A tree, and the leaves of rows that it has not drawn (-1 for others) where they were asked for. */
export interface ForestTree {
  readonly tree: Tree;
  readonly leaves: Int32Array | undefined;
}

/**
 * Grows trees of a job one by one, each from its seed alone: any thread may grow any of them, in any order.
 *
 * @example
 * const grow = forestGrower(job);
 * const { tree } = grow(7);
 */
export function forestGrower({ source, growth, bag, outOfBag }: ForestJob): (seed: number) => ForestTree {
  const plan = bagPlan(source.table.rows, source.weight, bag.share, bag.bootstrap);
  const grower = treeGrower(source, growth);
  return (seed) => {
    const random = seededRandom(seed);
    drawBag(plan, random, grower.drawn);
    const { tree, path } = grower.grow(random.uint32());
    return { tree, leaves: outOfBag ? unseenLeaves(grower.drawn, path) : undefined };
  };
}
