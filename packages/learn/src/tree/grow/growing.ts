import type { Random } from "../../random.ts";
import type { QuantisedSums, TreeKernels } from "../kernel/tree-kernels.ts";
import type { GrowingLeaf } from "./growing-leaf.ts";
import type { Growth } from "./growth.ts";
import type { LeafQueue } from "./leaf-queue.ts";
import type { SlotPool } from "./slot-pool.ts";
import type { TreeDraft } from "./tree-draft.ts";

/** A tree that grows, with all that it needs. */
export interface Growing {
  readonly kernels: TreeKernels;
  readonly growth: Growth;
  readonly scales: QuantisedSums;
  readonly random: Random;
  readonly slots: SlotPool;
  /** Leaves whose split is found. */
  readonly queue: LeafQueue;
  readonly draft: TreeDraft;
  /** All leaves so far, by the kernels' leaf. */
  readonly leaves: GrowingLeaf[];
  /** Leaves at most. */
  readonly limit: number;
}
