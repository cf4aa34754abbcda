import type { Tree } from "../tree-ensemble.ts";

/** Whether a value (NaN: missing; of a categorical feature its code) goes left at a branch. */
export function goesLeft(tree: Tree, node: number, value: number): boolean {
  if (Number.isNaN(value)) return tree.missingLeft[node] === 1;
  const place = tree.set[node]!;
  if (place < 0) return value <= tree.threshold[node]!;
  return ((tree.sets[place]![value >> 5] ?? 0) & (1 << (value & 31))) !== 0;
}
