import type { AskedColumn } from "../asked-column.ts";
import { askedByBranch, followRow } from "./branch-case.ts";
import type { ShapPlan } from "./shap-plan.ts";

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
  const { tree, points, branches } = plan;
  const asked = askedByBranch(plan, columns);
  const nodes = tree.feature.length;
  const hot = new Uint8Array(nodes).fill(1);
  const cases = new Uint8Array(branches.length);
  const products = new Float64Array(nodes * points).fill(1);
  const sums = new Float64Array(nodes * points);
  for (let row = 0; row < rows; row++) {
    followRow(plan, asked, row, hot, cases);
    multiplyDown(plan, cases, products);
    for (let k = 0; k < tree.width; k++) {
      leafSums(plan, k, sink.scale, products, sums);
      addUp(plan, cases, sums, sink.values, (row * sink.outputs + sink.target + k) * sink.features);
    }
  }
}

/** Products of the factors on the way to each node, at each point. */
function multiplyDown(
  { tree, points, branches, step }: ShapPlan,
  cases: Uint8Array,
  products: Float64Array,
): void {
  const { left, right } = tree;
  for (let place = 0; place < branches.length; place++) {
    const from = branches[place]! * points;
    const l = left[branches[place]!]! * points;
    const r = right[branches[place]!]! * points;
    let at = (place * 3 + cases[place]!) * points * 4;
    for (let q = 0; q < points; q++, at += 4) {
      const product = products[from + q]!;
      products[l + q] = product * step[at]!;
      products[r + q] = product * step[at + 1]!;
    }
  }
}

function leafSums(
  { tree, points, leaves }: ShapPlan,
  k: number,
  scale: number,
  products: Float64Array,
  sums: Float64Array,
): void {
  const { value, width } = tree;
  for (let place = 0; place < leaves.length; place++) {
    const leaf = leaves[place]!;
    const score = value[leaf * width + k]! * scale;
    for (let at = leaf * points; at < (leaf + 1) * points; at++) sums[at] = score * products[at]!;
  }
}

/** Sums of leaves from the bottom up; at each branch both sides enter the value of its feature. */
function addUp(
  { tree, points, branches, step }: ShapPlan,
  cases: Uint8Array,
  sums: Float64Array,
  values: Float64Array,
  into: number,
): void {
  const { left, right, feature } = tree;
  for (let place = branches.length - 1; place >= 0; place--) {
    const branch = branches[place]!;
    const l = left[branch]! * points;
    const r = right[branch]! * points;
    let at = (place * 3 + cases[place]!) * points * 4;
    let entry = 0;
    for (let q = 0; q < points; q++, at += 4) {
      const fromLeft = sums[l + q]!;
      const fromRight = sums[r + q]!;
      sums[branch * points + q] = fromLeft + fromRight;
      entry += fromLeft * step[at + 2]! + fromRight * step[at + 3]!;
    }
    values[into + feature[branch]!]! += entry;
  }
}
