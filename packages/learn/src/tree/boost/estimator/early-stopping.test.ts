import { expect, test } from "vitest";
import { madeClasses, madeRows } from "../testing/made-rows.ts";
import { boostedTrees } from "./boosted-trees.ts";

const { columns, y } = madeRows(250, 6);
const held = madeRows(300, 7);
const rows = { columns, y: madeClasses(y, 2), classes: ["no", "yes"] };
const validation = { columns: held.columns, y: madeClasses(held.y, 2), classes: ["no", "yes"] };
const quick = { leaves: 8, minChildRows: 3, rate: 0.4, rounds: 100, categorical: ["d"] } as const;

test("patience ends a fit, and the best round is kept", async () => {
  const model = await boostedTrees({ ...quick, patience: 5 }).fit(rows, { validation });
  expect(model.ended).toBe("patience");
  const losses = model.curves.map(({ validationLoss }) => validationLoss!);
  expect(losses).toHaveLength(model.best + 5);
  expect(losses.indexOf(Math.min(...losses)) + 1).toBe(model.best);
  expect(model.rounds).toBe(model.best);
  const short = await boostedTrees({ ...quick, rounds: model.best }).fit(rows);
  expect(model.ensemble).toEqual(short.ensemble);
});

test("a metric may decide, and the last round be kept", async () => {
  const options = { ...quick, patience: 4, metric: "areaUnderRoc" } as const;
  const model = await boostedTrees({ ...options, keep: "last" }).fit(rows, { validation });
  const areas = model.curves.map(({ metric }) => metric!);
  expect(areas.indexOf(Math.max(...areas)) + 1).toBe(model.best);
  expect(model.rounds).toBe(areas.length);
  const strict = await boostedTrees({ ...options, minDelta: 0.5 }).fit(rows, { validation });
  expect([strict.best, strict.rounds, strict.curves.length]).toEqual([1, 1, 5]);
  const byLoss = await boostedTrees({ ...options, monitor: "loss" }).fit(rows, { validation });
  const losses = byLoss.curves.map(({ validationLoss }) => validationLoss!);
  expect(losses.indexOf(Math.min(...losses)) + 1).toBe(byLoss.best);
});

test("DART keeps the best round as it was then, whatever later rounds made of its trees", async () => {
  const dart = { rate: 0.5, skip: 0 };
  const model = await boostedTrees({ ...quick, rounds: 40, dart, patience: 6 }).fit(rows, { validation });
  expect(model.best).toBeLessThan(model.curves.length);
  const probabilities = model.predictProbabilities({ columns: held.columns });
  const loss = -validation.y.reduce(
    (sum, label, row) => sum + Math.log(probabilities.values[2 * row + label]!) / held.y.length,
    0,
  );
  expect(loss).toBeCloseTo(model.curves[model.best - 1]!.validationLoss!, 9);
});

test("whoever watches hears of each round, and may end the fit", async () => {
  const heard: unknown[] = [];
  let clock = 0;
  const model = await boostedTrees(quick).fit(rows, {
    now: () => (clock += 500),
    onRound(record, progress) {
      heard.push([record.round, progress.round, progress.rounds]);
      expect(progress.secondsLeft).toBeCloseTo(
        (progress.seconds / progress.round) * (100 - progress.round),
        9,
      );
      return record.round === 3 ? "stop" : undefined;
    },
  });
  expect(heard).toEqual([
    [1, 1, 100],
    [2, 2, 100],
    [3, 3, 100],
  ]);
  expect([model.rounds, model.ended]).toEqual([3, "stopped"]);
});

test("a fit ends where nothing can be split any more", async () => {
  const few = { columns: { a: Float64Array.of(1, 2, 3) }, y: Float64Array.of(4, 5, 9) };
  const model = await boostedTrees({ task: "regression" }).fit(few);
  expect([model.rounds, model.ended, model.ensemble.trees.length]).toEqual([0, "noSplit", 0]);
  expect([...model.predict(few)]).toEqual([6, 6, 6]);
});
