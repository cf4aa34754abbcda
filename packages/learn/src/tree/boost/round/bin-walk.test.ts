import { expect, test } from "vitest";
import { binTable, binWith } from "../../bin/bin-table.ts";
import { treeTable } from "../../bin/table-rows.ts";
import { treeEnsemble } from "../../model/ensemble.ts";
import { rawScores } from "../../model/raw-scores.ts";
import { boostedTrees } from "../estimator/boosted-trees.ts";
import { madeRows } from "../testing/made-rows.ts";
import { binWalk } from "./bin-walk.ts";

const { columns, y } = madeRows(300, 31);
const table = treeTable({ columns, categorical: ["d"] });
const binned = binTable(table);
const { ensemble } = await boostedTrees({
  task: "regression",
  rounds: 3,
  minChildRows: 3,
  categories: { minRows: 5 },
}).fit({ binned, y });

/** Other rows than those of training: numbers missing where none were, and categories that nobody has seen. */
const other = madeRows(41, 32).columns;
const d = [...other.d.slice(0, 38), "violet", "violet", null];
const held = treeTable(
  { columns: { ...other, a: other.a.map((value, row) => (row % 5 === 0 ? NaN : value)), d } },
  [...ensemble.features],
);

test.each(["training rows", "other rows"])("%s go by their bins where they go by their values", (which) => {
  const [rows, bins] =
    which === "other rows" ? [held, binWith(binned.features, held).bins] : [table, binned.bins];
  for (const tree of ensemble.trees) {
    const expected = rawScores(treeEnsemble({ features: ensemble.features, trees: [tree] }), rows).values;
    const scores = new Float64Array(rows.rows);
    binWalk(tree, binned.features)(bins, scores, { offset: 0, stride: 1 });
    expect(scores).toEqual(expected);
  }
});

test("rows of any number are found, and others left alone", () => {
  const tree = ensemble.trees[0]!;
  const walk = binWalk(tree, binned.features);
  const all = new Float64Array(300);
  walk(binned.bins, all, { offset: 0, stride: 1 });
  for (let count = 0; count < 10; count++) {
    const rows = Int32Array.from({ length: count }, (_, at) => 31 * at + 2);
    const scores = new Float64Array(600).fill(7);
    walk(binned.bins, scores, { offset: 1, stride: 2, factor: 2, rows });
    const expected = new Float64Array(600).fill(7);
    for (const row of rows) expected[2 * row + 1] = 7 + 2 * all[row]!;
    expect(scores).toEqual(expected);
  }
});

test("a lone leaf is for all rows", async () => {
  const lone = { ...ensemble.trees[0]!, feature: Int32Array.of(-1), value: Float64Array.of(0.25) };
  const scores = new Float64Array(6);
  binWalk(lone, binned.features)([new Uint8Array(6)], scores, { offset: 0, stride: 1 });
  expect([...scores]).toEqual(Array.from({ length: 6 }, () => 0.25));
});
