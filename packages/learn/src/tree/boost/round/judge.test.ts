import { expect, test } from "vitest";
import { judgeOf } from "./judge.ts";

const metric = { name: "m", better: "higher", of: () => 0 } as const;
const record = (round: number, validationLoss: number, own?: number) => ({
  round,
  leaves: 1,
  validationLoss,
  ...(own === undefined ? {} : { metric: own }),
});

test("the earliest of equals is the best, and more than minDelta is better", () => {
  const judge = judgeOf({ monitor: "loss", metric: undefined, minDelta: 0 });
  expect(judge.best).toBe(0);
  expect([3, 3, 2, 2.5, 2, 1].map((loss, at) => judge.sees(record(at + 1, loss)))).toEqual([
    true,
    false,
    true,
    false,
    false,
    true,
  ]);
  expect(judge.best).toBe(6);
  const strict = judgeOf({ monitor: "loss", metric: undefined, minDelta: 1 });
  expect([3, 2, 1.9, 0.8].map((loss, at) => strict.sees(record(at + 1, loss)))).toEqual([
    true,
    false,
    true,
    true,
  ]);
});

test("a metric is better where it says so", () => {
  const judge = judgeOf({ monitor: "metric", metric, minDelta: 0 });
  expect([0.5, 0.4, 0.6].map((own, at) => judge.sees(record(at + 1, -at, own)))).toEqual([true, false, true]);
  expect(judge.sees({ round: 9, leaves: 1 })).toBe(false);
  expect(() => judge.sees(record(4, 1, NaN))).toThrow(
    /round 4, metric of the validation rows.*TRAINING_DIVERGED/,
  );
});
