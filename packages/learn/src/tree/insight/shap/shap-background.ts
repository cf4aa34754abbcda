import type { Tree, TreeEnsemble } from "../../tree-ensemble.ts";
import type { AskedColumn } from "../asked-column.ts";
import { goesLeft } from "../branch.ts";
import { outputScales } from "../../model/output-scale.ts";
import type { ShapSink } from "./add-tree-shap.ts";
import { addMixtures } from "./leaf-mixture.ts";
import type { ShapValues } from "./shap-values.ts";

/** Columns in an ensemble's order, and how long they are. */
export interface AskedRows {
  readonly columns: readonly AskedColumn[];
  readonly rows: number;
}

/**
 * Shapley values of the mean over a background of games in which a feature that is left out has the value of the background
 * row (interventional, "independent Tree SHAP"): S. Lundberg et al., 2020, algorithm 3. O(rows x background x nodes that
 * mixtures of two rows reach).
 */
export function backgroundShap(
  ensemble: TreeEnsemble,
  asked: AskedRows,
  background: AskedRows,
): Omit<ShapValues, "features"> {
  const { outputs, trees } = ensemble;
  const features = ensemble.features.length;
  const values = new Float64Array(asked.rows * outputs * features);
  const base = Float64Array.from(ensemble.base);
  const scales = outputScales(ensemble);
  for (const [at, tree] of trees.entries()) {
    const target = Math.max(0, ensemble.target[at]!);
    const sink: ShapSink = { values, outputs, features, target, scale: scales[target]! / background.rows };
    const theirs = Array.from({ length: background.rows }, (_, row) => nextNodes(tree, background, row));
    for (const next of theirs) addLeaf(tree, next, sink, base);
    for (let row = 0; row < asked.rows; row++) {
      const ours = nextNodes(tree, asked, row);
      for (const next of theirs) addMixtures(tree, ours, next, row, sink);
    }
  }
  return { values, base, rows: asked.rows, outputs };
}

/** The node that a row goes to from each branch. [nodes] */
function nextNodes(tree: Tree, { columns }: AskedRows, row: number): Int32Array {
  const next = new Int32Array(tree.feature.length);
  for (let node = 0; node < next.length; node++) {
    const feature = tree.feature[node]!;
    if (feature < 0) continue;
    next[node] = goesLeft(tree, node, columns[feature]![row]!) ? tree.left[node]! : tree.right[node]!;
  }
  return next;
}

function addLeaf(tree: Tree, next: Int32Array, { target, scale }: ShapSink, base: Float64Array): void {
  let leaf = 0;
  while (tree.feature[leaf]! >= 0) leaf = next[leaf]!;
  for (let k = 0; k < tree.width; k++) base[target + k]! += scale * tree.value[leaf * tree.width + k]!;
}
