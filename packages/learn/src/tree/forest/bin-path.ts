import type { BinnedTable } from "../binned-table.ts";
import type { Tree } from "../tree-ensemble.ts";

/** Finds the leaf of a row of the binned table that a tree was grown on. */
export type BinPath = (row: number) => number;

/**
 * The path of a row through a tree by its bins, for rows that the tree has not seen: the raw rows need not be there
 * any more.
 *
 * @param cut per node, the last bin that goes left.
 * @param goesLeft of each set of the tree, the bins that go left.
 */
export function binPath(
  table: BinnedTable,
  tree: Tree,
  cut: Int32Array,
  goesLeft: readonly Uint8Array[],
): BinPath {
  const { feature, left, right, missingLeft, set } = tree;
  const { bins } = table;
  const missing = Int32Array.from(table.features, (of) =>
    of.kind === "numeric" && of.missing ? of.bins - 1 : -1,
  );
  return (row) => {
    let node = 0;
    for (let asked = feature[0]!; asked >= 0; asked = feature[node]!) {
      const bin = bins[asked]![row]!;
      const among = set[node]!;
      const goes =
        among >= 0
          ? goesLeft[among]![bin] === 1
          : bin <= cut[node]! || (missingLeft[node] === 1 && bin === missing[asked]);
      node = goes ? left[node]! : right[node]!;
    }
    return node;
  };
}
