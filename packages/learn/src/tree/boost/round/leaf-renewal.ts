import type { GrownTree } from "../../grow/growth.ts";
import type { TreeKernels } from "../../kernel/tree-kernels.ts";
import type { BoostTarget, Objective } from "../objective/objective.ts";

/** Where the rows' scores stand. */
export interface ScoreColumn {
  readonly scores: Float64Array;
  readonly offset: number;
  readonly stride: number;
}

/**
 * The values of a grown tree's nodes, with those of its leaves as the objective has them from what labels exceed scores
 * by, within the bounds of monotone constraints. They are those of the tree where the objective is content with them.
 *
 * @param factors what rows' weights are multiplied by besides. [rows]
 */
export function renewedValues(
  kernels: TreeKernels,
  { tree, leafOf, lower, upper }: GrownTree,
  { leafValue }: Pick<Objective, "leafValue">,
  target: Pick<BoostTarget, "y" | "weight">,
  { scores, offset, stride }: ScoreColumn,
  factors?: (row: number) => number,
): Float64Array {
  if (leafValue === undefined) return tree.value;
  const { y, weight } = target;
  const values = tree.value.slice();
  for (const [node, leaf] of leafOf.entries()) {
    if (leaf < 0) continue;
    const rows = kernels.rowsOf(leaf);
    const residuals = new Float64Array(rows.length);
    const weighted = weight !== undefined || factors !== undefined;
    const weights = weighted ? new Float64Array(rows.length) : undefined;
    for (const [at, row] of rows.entries()) {
      residuals[at] = y[row]! - scores[offset + row * stride]!;
      if (weights !== undefined) weights[at] = (weight?.[row] ?? 1) * (factors?.(row) ?? 1);
    }
    const value = leafValue(residuals, weights);
    // NaN where no row of the leaf weighs anything: the tree's own value stays.
    if (!Number.isNaN(value)) values[node] = Math.min(Math.max(value, lower[node]!), upper[node]!);
  }
  return values;
}
