import { expect, test } from "vitest";
import type { Tree } from "../../tree-ensemble.ts";
import { madeClasses, madeRows } from "../testing/made-rows.ts";
import { boostedTrees } from "./boosted-trees.ts";

const { columns, y } = madeRows(400, 12);
const small = { rounds: 15, leaves: 8, minChildRows: 4, rate: 0.3, categorical: ["d"] } as const;

test.each([
  "squaredError",
  "absoluteError",
  { quantile: { share: 0.3 } },
  { huber: { delta: 0.5 } },
] as const)("scores of %j rise and fall with columns as they are told", async (objective) => {
  const options = { ...small, task: "regression", objective } as const;
  const steps = Float64Array.from({ length: 121 }, (_, at) => (at - 60) / 20);
  const same = (value: number) => steps.map(() => value);
  let wanders = 0;
  for (const monotone of [undefined, { a: 1, b: -1 }] as const) {
    const model = await boostedTrees({ ...options, ...(monotone && { monotone }) }).fit({ columns, y });
    for (const row of [0, 1, 2, 3, 4, 5]) {
      const rest = { c: same(columns.c[row]!), d: Array.from(steps, () => columns.d[row]!) };
      const byA = model.predict({ columns: { ...rest, a: steps, b: same(columns.b[row]!) } });
      const byB = model.predict({ columns: { ...rest, a: same(columns.a[row]!), b: steps } });
      for (let at = 1; at < steps.length; at++) {
        const wrong = byA[at]! < byA[at - 1]! - 1e-12 || byB[at]! > byB[at - 1]! + 1e-12;
        if (monotone === undefined) wanders += Number(wrong);
        else expect(wrong).toBe(false);
      }
    }
  }
  expect(wanders).toBeGreaterThan(10);
});

/** The sets of features along the paths of a tree. */
function pathsOf(
  { feature, left, right }: Tree,
  node = 0,
  path: readonly number[] = [],
): (readonly number[])[] {
  if (feature[node]! < 0) return [path];
  const own = [...new Set([...path, feature[node]!])].toSorted((one, other) => one - other);
  return [left, right].flatMap((child) => pathsOf({ feature, left, right } as Tree, child[node], own));
}

test("paths ask columns of one group alone", async () => {
  const interactions = [["a", "b"], ["c"]];
  const model = await boostedTrees({ ...small, task: "regression", interactions }).fit({ columns, y });
  const paths = new Set(model.ensemble.trees.flatMap((tree) => pathsOf(tree).map((path) => path.join())));
  expect([...paths].toSorted()).toEqual(["0", "0,1", "1", "2", "3"].filter((path) => paths.has(path)));
  expect(paths.has("0,1")).toBe(true);
});

test("classes weigh what they are told, balanced ones alike", async () => {
  const labels = Int32Array.from(madeClasses(y, 2), (label, row) => (row % 4 === 0 ? label : 0));
  const rows = { columns, y: labels, classes: ["often", "rare"] };
  const share = labels.reduce((sum, label) => sum + label, 0) / labels.length;
  const balanced = await boostedTrees({ ...small, classWeights: "balanced" }).fit(rows);
  expect([...balanced.ensemble.base]).toEqual([expect.closeTo(0, 6)]);
  const listed = await boostedTrees({ ...small, classWeights: [1, 3] }).fit(rows);
  const weighted = await boostedTrees(small).fit({
    ...rows,
    sampleWeight: Float64Array.from(labels, (label) => (label === 1 ? 3 : 1)),
  });
  expect(listed.ensemble).toEqual(weighted.ensemble);
  expect(listed.ensemble.base[0]).toBeCloseTo(Math.log((3 * share) / (1 - share)), 12);
});

test("leaves have their rows where all second derivatives are equal", async () => {
  const rows = madeRows(400, 21);
  for (const objective of ["squaredError", "absoluteError"] as const) {
    const options = { task: "regression", objective, rounds: 10, categorical: ["d"] } as const;
    const { trees } = (await boostedTrees({ ...options, minChildRows: 17 }).fit(rows)).ensemble;
    const least = Math.min(
      ...trees.flatMap(({ feature, count }) => [...count].filter((_, node) => feature[node]! < 0)),
    );
    expect(least).toBeGreaterThanOrEqual(17);
    expect(trees[0]!.feature.length).toBeGreaterThan(20);
  }
});
