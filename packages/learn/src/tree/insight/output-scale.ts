import type { TreeEnsemble } from "../tree-ensemble.ts";

/** What the leaves of trees that add to an output are multiplied by: 1, or 1 / their number in a forest. [outputs] */
export function outputScales({ outputs, trees, target, average }: TreeEnsemble): Float64Array {
  const scales = new Float64Array(outputs);
  if (!average) return scales.fill(1);
  for (let at = 0; at < trees.length; at++) {
    for (let k = 0; k < outputs; k++) if (target[at]! < 0 || target[at] === k) scales[k]!++;
  }
  return scales.map((count) => (count === 0 ? 0 : 1 / count));
}
