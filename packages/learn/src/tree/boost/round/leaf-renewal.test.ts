import { expect, test } from "vitest";
import { binTable } from "../../bin/bin-table.ts";
import { treeTable } from "../../bin/table-rows.ts";
import { growTree } from "../../grow/grow-tree.ts";
import { openTypescriptKernels } from "../../kernel/typescript-kernels.ts";
import { boostSettings } from "../boost-setting.ts";
import { absoluteError } from "../objective/absolute-error.ts";
import { squaredError } from "../objective/squared-error.ts";
import { renewedValues } from "./leaf-renewal.ts";

const y = Float64Array.of(1, 2, 9, 20, 30, 80);
const table = binTable(treeTable({ columns: { x: Float64Array.of(0, 0, 0, 1, 1, 1) } }), { minBinRows: 1 });
const scores = Float64Array.of(0, 5, 0, 5, 0, 5, 0, 5, 0, 5, 0, 5);
const column = { scores, offset: 1, stride: 2 };

async function grown() {
  const kernels = await openTypescriptKernels(table, { slots: 2, leaves: 2 });
  kernels.gradient.set(y.map((value) => 5 - value));
  kernels.hessian.fill(1);
  const { growth } = boostSettings("test", { minChildRows: 1, leaves: 2 });
  return { kernels, tree: growTree(kernels, { ...growth, seed: 1 }) };
}

test("leaves are given the median of what labels exceed scores by", async () => {
  const { kernels, tree } = await grown();
  const target = { y, weight: undefined };
  expect([...renewedValues(kernels, tree, absoluteError(), target, column)].slice(1)).toEqual([-3, 25]);
  expect(renewedValues(kernels, tree, squaredError(), target, column)).toBe(tree.tree.value);
  expect([...tree.tree.value].slice(1)).toEqual([expect.closeTo(-1, 5), expect.closeTo(115 / 3, 5)]);
});

test("weights count, and what rows stand for beside themselves", async () => {
  const { kernels, tree } = await grown();
  const weight = Float64Array.of(1, 1, 1, 1, 1, 3);
  const of = (factors?: (row: number) => number) =>
    [...renewedValues(kernels, tree, absoluteError(), { y, weight }, column, factors)].slice(1);
  expect(of()).toEqual([-3, 75]);
  expect(of((row) => (row === 2 || row === 3 ? 9 : 1))).toEqual([4, 15]);
  expect(of((row) => (row < 3 ? 0 : 1))).toEqual([tree.tree.value[1], 75]);
});

test("leaves stay within their bounds", async () => {
  const { kernels, tree } = await grown();
  const bounded = { ...tree, lower: tree.lower.fill(-1), upper: tree.upper.fill(7) };
  const values = renewedValues(kernels, bounded, absoluteError(), { y, weight: undefined }, column);
  expect([...values].slice(1)).toEqual([-1, 7]);
});
