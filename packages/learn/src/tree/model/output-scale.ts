import type { TreeEnsemble } from "../tree-ensemble.ts";

/** The number of trees that add to each output. [outputs] */
export function treeCounts({ outputs, target }: Pick<TreeEnsemble, "outputs" | "target">): Float64Array {
  const own = new Float64Array(outputs);
  let all = 0;
  for (const output of target) {
    if (output < 0) all++;
    else own[output]!++;
  }
  return own.map((count) => count + all);
}

/** What the leaves of trees that add to an output are multiplied by: 1, or 1 / their number in a forest. [outputs] */
export function outputScales(ensemble: TreeEnsemble): Float64Array {
  return treeCounts(ensemble).map((count) => (ensemble.average ? 1 / Math.max(1, count) : 1));
}
