import type { AskedColumn } from "../asked-column.ts";
import { goesLeft } from "../branch.ts";
import { COLD, type ShapPlan } from "./shap-plan.ts";

/** Where the values of a tree go. */
export interface ShapSink {
  /** [rows, outputs, features] */
  readonly values: Float64Array;
  readonly outputs: number;
  readonly features: number;
  /** The first output that the tree adds to. */
  readonly target: number;
  /** What its leaves are multiplied by. */
  readonly scale: number;
}

/** Adds one tree's Shapley values of all rows. O(nodes x points) a row. */
export function addTreeShap(
  plan: ShapPlan,
  columns: readonly AskedColumn[],
  rows: number,
  sink: ShapSink,
): void {
  const { tree, points, branches, leaves, ancestor, step } = plan;
  const { values, outputs, features, target, scale } = sink;
  if (branches.length === 0) return;
  const { left, right, value, width } = tree;
  const asked = Array.from(branches, (branch) => columns[tree.feature[branch]!]!);
  const numeric = branches.every((branch) => tree.set[branch]! < 0);
  const nodes = tree.feature.length;
  const product = new Float64Array(nodes * points).fill(1);
  const sums = new Float64Array(nodes * points);
  const hot = new Uint8Array(nodes).fill(1);
  const taken = new Int32Array(branches.length);
  for (let row = 0; row < rows; row++) {
    for (let place = 0; place < branches.length; place++) {
      const branch = branches[place]!;
      const x = asked[place]![row]!;
      const toLeft = numeric && x === x ? x <= tree.threshold[branch]! : goesLeft(tree, branch, x);
      const warm = hot[ancestor[branch]!]!;
      const l = left[branch]!;
      const r = right[branch]!;
      hot[l] = warm === 1 && toLeft ? 1 : 0;
      hot[r] = warm === 1 && !toLeft ? 1 : 0;
      let at = (place * 3 + (warm === 0 ? COLD : toLeft ? 1 : 0)) * points * 4;
      taken[place] = at;
      for (let q = 0; q < points; q++, at += 4) {
        const p = product[branch * points + q]!;
        product[l * points + q] = p * step[at]!;
        product[r * points + q] = p * step[at + 1]!;
      }
    }
    for (let k = 0; k < width; k++) {
      const into = (row * outputs + target + k) * features;
      for (let i = 0; i < leaves.length; i++) {
        const leaf = leaves[i]!;
        const v = value[leaf * width + k]! * scale;
        for (let q = leaf * points; q < (leaf + 1) * points; q++) sums[q] = v * product[q]!;
      }
      for (let place = branches.length - 1; place >= 0; place--) {
        const branch = branches[place]!;
        const l = left[branch]! * points;
        const r = right[branch]! * points;
        let at = taken[place]!;
        let entry = 0;
        for (let q = 0; q < points; q++, at += 4) {
          const fromLeft = sums[l + q]!;
          const fromRight = sums[r + q]!;
          sums[branch * points + q] = fromLeft + fromRight;
          entry += fromLeft * step[at + 2]! + fromRight * step[at + 3]!;
        }
        values[into + tree.feature[branch]!]! += entry;
      }
    }
  }
}
