import { join } from "node:path";
import { DEFAULT_ROLLOUT, type RolloutPlan } from "@tideline/spec";
import { expect, test } from "vitest";
import { openKeys } from "../release/index.ts";
import { NEW_YEAR } from "../release/testing/sample-release.ts";
import { temporaryFolder } from "../release/testing/temporary-folder.ts";
import { rolloutHistory } from "./rollout-history.ts";
import { isDue, nextStage } from "./rollout-stage.ts";
import { sampleReleaseRow } from "./testing/sample-release-row.ts";

const keys = await openKeys(join(temporaryFolder(), "keys"), { now: NEW_YEAR });
const plan: RolloutPlan = { shares: [0.1, 0.5, 1], each: 1000, minPhones: 5, mostFailing: 0.1 };
const history = (share: number) =>
  rolloutHistory([sampleReleaseRow(keys, { version: 1, model: "a", share, status: "offered" })])!;
const healthy = { phones: 7, failing: 1 };

test("the next share is the plan's, also from a share that is none of it; at its end there is none", () => {
  const from = history(0.1).sharedSince + 1000;
  expect(nextStage(history(0.1), plan, healthy)).toEqual({ share: 0.5, from, well: 6, minPhones: 5 });
  expect(nextStage(history(0.2), plan, healthy)?.share).toBe(0.5);
  expect(nextStage(history(0.5), plan, healthy)?.share).toBe(1);
  expect(nextStage(history(1), plan, healthy)).toBeNull();
  expect(nextStage(history(0.5), { ...plan, shares: [0.1, 0.5] }, healthy)).toBeNull();
  expect(nextStage(history(0.5), DEFAULT_ROLLOUT, healthy)?.share).toBe(1);
});

test("it is due after its time, once enough phones do well", () => {
  const stage = { share: 0.5, from: 1000, well: 5, minPhones: 5 };
  expect(isDue(stage, 1000)).toBe(true);
  expect(isDue(stage, 999)).toBe(false);
  expect(isDue({ ...stage, well: 4 }, 5000)).toBe(false);
});
