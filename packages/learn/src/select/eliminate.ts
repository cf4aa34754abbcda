import type { Labels } from "../transform/transform-def.ts";
import { importanceOf } from "./model/held-out.ts";
import type { FittedSelectionModel, SelectionModel } from "./model/selection-model.ts";
import { tableColumnsAt, type SelectTable } from "./select-table.ts";

/** A state of an elimination: which columns are left, and the model of them. */
export interface Elimination {
  /** Places of columns. */
  readonly left: readonly number[];
  readonly table: SelectTable;
  readonly fitted: FittedSelectionModel;
  readonly importance: Float64Array;
}

/**
 * Fits a model, drops the columns that count least, and so on until `keep` are left (I. Guyon et al., "Gene Selection for
 * Cancer Classification using Support Vector Machines", Machine Learning 46, 2002). Of columns that count alike the later go.
 *
 * @param visit is called with each state, the last one included.
 * @returns the rank of each column: 1 for those left, 2 for those dropped last, and so on.
 */
export async function eliminate(
  who: string,
  model: SelectionModel,
  table: SelectTable,
  labels: Labels,
  { keep, step }: { readonly keep: number; readonly step: number },
  visit: (state: Elimination) => void | Promise<void> = () => {},
): Promise<Int32Array> {
  const rank = new Int32Array(table.columns.length).fill(1);
  let left: readonly number[] = [...rank.keys()];
  for (;;) {
    const rows = tableColumnsAt(table, left);
    const fitted = await model.fit(rows, labels);
    const importance = importanceOf(who, model, fitted);
    await visit({ left, table: rows, fitted, importance });
    if (left.length <= keep) return rank;
    const order = [...left.keys()].sort((a, b) => importance[b]! - importance[a]! || a - b);
    const next = Math.max(keep, left.length - step);
    const stay = order.slice(0, next).map((at) => left[at]!);
    const staying = new Set(stay);
    for (const at of rank.keys()) if (!staying.has(at)) rank[at]!++;
    left = stay.sort((a, b) => a - b);
  }
}

/** How many columns a step drops: a number, or below 1 a share of all columns. */
export function stepOf(step: number, columns: number): number {
  return step < 1 ? Math.max(1, Math.floor(step * columns)) : Math.floor(step);
}
