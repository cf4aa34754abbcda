import { columnNamed, type Frame } from "@tideline/learn/frame";
import { groupShares, shareOf } from "./group-hash.ts";
import { placesIn } from "./row-change.ts";
import type { SplitPlan } from "./split-plan.ts";

/** Folds in which training rows are transformed by what the others say of the labels. */
export const FOLDS = 5;
/** Apart from the seeds of splits, so that a fold is no part of the split's order. */
const SEED = 0x5f0d;

/** The fold of each row: by its group where rows are parted by groups, else by its place in the source. */
export function foldsOf(plan: SplitPlan | undefined): (rows: Frame) => Int32Array {
  const fold = (share: number) => Math.floor(share * FOLDS);
  return (rows) => {
    if (plan?.by !== "group")
      return Int32Array.from(placesIn(rows), (place) => fold(shareOf(String(place), SEED)));
    return Int32Array.from(groupShares(columnNamed(rows, plan.column, "prepare"), rows.rows, SEED), fold);
  };
}
