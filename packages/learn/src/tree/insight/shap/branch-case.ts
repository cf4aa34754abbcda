import type { AskedColumn } from "../asked-column.ts";
import { goesLeft } from "../branch.ts";
import type { ShapPlan } from "./shap-plan.ts";

/** What a row does at a branch: its place among the cases of {@link ShapPlan}'s steps. Left is 1, as {@link followRow} counts. */
export const CASE = { right: 0, left: 1, cold: 2 } as const;

/** The column that each branch of a plan asks. [branches] */
export function askedByBranch(
  { tree, branches }: ShapPlan,
  columns: readonly AskedColumn[],
): readonly AskedColumn[] {
  return Array.from(branches, (branch) => columns[tree.feature[branch]!]!);
}

/**
 * Follows a row: `cases[b]` becomes the case of branch b, `hot[n]` whether all branches on the way to node n that ask the
 * feature of the last one lead the row along. `hot[0]` must be 1.
 */
export function followRow(
  { tree, branches, ancestor }: ShapPlan,
  asked: readonly AskedColumn[],
  row: number,
  hot: Uint8Array,
  cases: Uint8Array,
): void {
  const { left, right, set, threshold } = tree;
  // Written without jumps where the data decides: a processor cannot foresee them.
  for (let place = 0; place < branches.length; place++) {
    const branch = branches[place]!;
    const warm = hot[ancestor[branch]!]!;
    const value = asked[place]![row]!;
    const toLeft = Number(
      set[branch]! < 0 && value === value ? value <= threshold[branch]! : goesLeft(tree, branch, value),
    );
    const along = warm & toLeft;
    hot[left[branch]!] = along;
    hot[right[branch]!] = warm ^ along;
    cases[place] = warm === 0 ? CASE.cold : toLeft;
  }
}
