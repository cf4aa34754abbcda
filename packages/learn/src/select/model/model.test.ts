import { expect, test } from "vitest";
import { frame } from "../../frame/frame.ts";
import { logisticRegression } from "../../logistic-regression.ts";
import { matrix } from "../../matrix.ts";
import { accuracy } from "../../metric/accuracy.ts";
import { seededRandom } from "../../random.ts";
import type { Labels } from "../../transform/transform-def.ts";
import { foldedPredictions } from "../fold-prediction.ts";
import { selectFromModel } from "../select-from-model.ts";
import { selectL1 } from "../select-l1.ts";
import { selectPermutation } from "../select-permutation.ts";
import { selectRfe, selectRfecv } from "../select-rfe.ts";
import { selectSequential } from "../select-sequential.ts";
import { selectShadow } from "../select-shadow.ts";
import { selectStable } from "../select-stable.ts";
import { predictClasses } from "../../classifier.ts";
import type { Matrix } from "../../matrix.ts";
import { drawSelection, selectionJson, selectionText } from "../selection-text.ts";
import { selectKBest } from "../univariate.ts";
import { byEstimator, byLasso, byLogistic } from "./by-linear.ts";
import { byBoosted, byForest } from "./by-tree.ts";

/** Three columns that tell, one of them a text, a copy of the first, and noise. */
function drawn(seed: number, rows: number, noise: number) {
  const random = seededRandom(seed);
  const normal = () => Float64Array.from({ length: rows }, () => random.normal());
  const [a, b] = [normal(), normal()];
  const city = Int32Array.from({ length: rows }, () => random.integer(3));
  const score = a.map((value, row) => 2 * value - 1.5 * b[row]! + (city[row] === 2 ? 2.5 : 0));
  const columns = [
    { kind: "float" as const, name: "a", values: a },
    { kind: "float" as const, name: "b", values: b },
    { kind: "float" as const, name: "copy", values: a.map((value) => value + 0.3 * random.normal()) },
    ...Array.from({ length: noise }, (_, at) => ({
      kind: "float" as const,
      name: `n${at}`,
      values: normal(),
    })),
  ];
  const text = { kind: "string" as const, name: "city", codes: city, dictionary: ["x", "y", "z"] };
  const y = Int32Array.from(score, (value) => +(value + 0.5 * random.normal() > 0.8));
  return {
    numbers: frame(columns),
    all: frame([...columns, text]),
    classes: { kind: "classes", y, classes: ["no", "yes"] } satisfies Labels as Labels,
    values: {
      kind: "values",
      y: score.map((value) => value + 0.5 * random.normal()),
    } satisfies Labels as Labels,
  };
}

const { numbers, all, classes, values } = drawn(1, 400, 6);

test("trees keep what tells, texts among it, by gain, on held-out rows and against shadows", async () => {
  const forest = byForest({ trees: 20, depth: 6, seed: 1 });
  const gained = await selectFromModel({ model: forest, keep: 4 }).fit(all, classes);
  expect(gained.kept).toEqual(["a", "b", "copy", "city"]);
  const mean = await selectFromModel({ model: byBoosted({ rounds: 20, leaves: 7 }) }).fit(all, values);
  expect(mean.kept).toEqual(expect.arrayContaining(["a", "b", "city"]));
  expect(mean.report.details["threshold"]).toBeCloseTo(1 / all.columns.length, 9);
  const held = await selectPermutation({ model: forest, repeats: 5 }).fit(all, classes);
  expect(held.kept).toEqual(expect.arrayContaining(["a", "b", "city"]));
  // Of noise one half gains by chance.
  expect(held.dropped.length).toBeGreaterThanOrEqual(3);
  const shadows = await selectShadow({
    rounds: 14,
    seed: 1,
    model: (seed) => byForest({ trees: 20, depth: 5, seed }),
  }).fit(all, classes);
  expect(shadows.kept).toEqual(["a", "b", "copy", "city"]);
  expect(shadows.report.details["rounds"]).toBeLessThanOrEqual(14);
});

test("any classifier can be asked, and models that tell no importance are refused where it is needed", async () => {
  const model = byEstimator("mine", logisticRegression({ C: 1 }));
  const { kept } = await selectPermutation({ model, repeats: 5, metric: "logLoss" }).fit(numbers, classes);
  expect(kept).toEqual(expect.arrayContaining(["a", "b"]));
  await expect(selectRfe({ model }).fit(numbers, classes)).rejects.toThrow(
    /selectRfe: model: expected one that tells/,
  );
  const best = await selectSequential({ model, keep: 2, folds: 3, metric: "logLoss" }).fit(numbers, classes);
  expect(best.kept).toEqual(["a", "b"]);
});

test("an L1 path keeps what tells: so many columns, at a penalty, or by folds; texts are kept and named", async () => {
  for (const labels of [classes, values]) {
    const few = selectL1({ keep: 3 }).fit(all, labels);
    expect(few.kept.length).toBeLessThanOrEqual(4);
    expect(few.kept).toEqual(expect.arrayContaining(["a", "b", "city"]));
    expect(few.report.unjudged).toEqual(["city"]);
    const chosen = selectL1({ folds: 4, count: 20 }).fit(numbers, labels);
    expect(chosen.kept).toEqual(expect.arrayContaining(["a", "b"]));
    const { penalty } = chosen.report.details as { penalty: number };
    expect(selectL1({ penalty }).fit(numbers, labels).kept).toEqual(chosen.kept);
  }
  const lasso = await selectFromModel({ model: byLasso({ alpha: 0.3 }) }).fit(numbers, values);
  expect(lasso.kept).toEqual(selectL1({ penalty: 0.3 }).fit(numbers, values).kept);
});

test("stable columns are those that tell; the bound holds on noise", () => {
  const stable = selectStable({ pairs: 10, seed: 1 }).fit(numbers, values);
  expect(stable.kept).toEqual(["a", "b"]);
  expect(stable.report.details).toMatchObject({ choose: 2, bound: 4 / (0.5 * 9) });
  let wrong = 0;
  for (let seed = 0; seed < 5; seed++) {
    const random = seededRandom(seed);
    const X = matrix(
      60,
      30,
      Float64Array.from({ length: 1800 }, () => random.normal()),
    );
    const y = Float64Array.from({ length: 60 }, () => random.normal());
    wrong += selectStable({ pairs: 8, seed }).fit(X, { kind: "values", y }).kept.length;
  }
  // At most one in expectation for each of the five.
  expect(wrong).toBeLessThanOrEqual(5);
  const people = Array.from({ length: 400 }, (_, row) => `p${row % 20}`);
  expect(selectStable({ pairs: 5, groups: people, choose: 4 }).fit(numbers, classes).kept).toContain("a");
});

test("folds keep groups together in recursive elimination", async () => {
  const people = Array.from({ length: 400 }, (_, row) => row % 10);
  const found = await selectRfecv({ model: byLogistic({ C: 1 }), groups: people, folds: 3, step: 2 }).fit(
    numbers,
    classes,
  );
  expect(found.kept).toEqual(expect.arrayContaining(["a", "b"]));
  const path = found.report.details["path"] as { columns: number; folds: number[] }[];
  expect(path.map(({ columns }) => columns)).toEqual([1, 3, 5, 7, 9]);
  expect(path[0]!.folds.length).toBe(3);
  await expect(
    selectRfecv({ model: byLogistic(), groups: people, folds: 11 }).fit(numbers, classes),
  ).rejects.toThrow(/NOT_ENOUGH_DATA/);
});

test("of pure noise, columns chosen on all rows look good; chosen inside of folds they are chance", async () => {
  const random = seededRandom(5);
  const [rows, columns] = [100, 2000];
  const X = matrix(
    rows,
    columns,
    Float64Array.from({ length: rows * columns }, () => random.normal()),
  );
  const y = Int32Array.from({ length: rows }, (_, row) => row % 2);
  const labels: Labels = { kind: "classes", y, classes: ["heads", "tails"] };
  const selector = selectKBest({ score: "fClassif", k: 20 });
  const model = byLogistic({ C: 1 });
  const judge = async (table: Parameters<typeof foldedPredictions>[1], own: typeof selector) => {
    const folds = await foldedPredictions({ selector: own, model, seed: 1 }, table, labels);
    expect(new Set(folds.flatMap((fold) => [...fold.rows])).size).toBe(rows);
    const right = folds.map(
      (fold) =>
        fold.rows.length *
        accuracy(
          fold.rows.map((row) => y[row]!),
          predictClasses(fold.predicted as Matrix),
        ),
    );
    return right.reduce((sum, one) => sum + one, 0) / rows;
  };
  const { kept } = selector.fit(X, labels);
  const leaked = matrix(
    rows,
    20,
    Float64Array.from(
      { length: rows * 20 },
      (_, at) => X.values[Math.floor(at / 20) * columns + Number(kept[at % 20]!.slice(1))]!,
    ),
  );
  const outside = await judge(leaked, selectKBest({ score: "fClassif", k: 20 }));
  const inside = await judge(X, selector);
  expect(outside).toBeGreaterThan(0.8);
  // Three standard deviations of a hundred coin tosses.
  expect(Math.abs(inside - 0.5)).toBeLessThan(0.15);
});

test("a selection is told as text, as JSON and as a drawing", () => {
  const rows = frame([
    ...numbers.columns.slice(0, 3),
    { kind: "float", name: "flat\u001b[2J", values: new Float64Array(400) },
  ]);
  const selected = selectKBest({ score: "fClassif", k: 2 }).fit(rows, classes);
  const text = selectionText(selected);
  expect(text).toMatch(/^selectKBest: 2 of 4 columns kept, of 400 rows; 2 columns in all\n {2}score: F\n/);
  expect(text).toMatch(/ {2}\S+ .*p .* dropped: place 3 of 4, 2 are kept/);
  expect(text).toMatch(/flat\uFFFD\[2J +- {2}p - {2}dropped: place 4 of 4/);
  expect(text).not.toContain("\u001b");
  const again = JSON.parse(JSON.stringify(selectionJson(selected))) as typeof selected;
  expect(again.kept).toEqual(selected.kept);
  expect(again.dropped.at(-1)!.score).toBeNull();
  const svg = drawSelection(selected, { title: "What tells" });
  expect(svg).toContain("What tells");
  expect(svg).toContain(`${selected.dropped[0]!.name} (dropped)`);
});
