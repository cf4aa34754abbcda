import { mkdtemp, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_ROLLOUT, defineApp, updateEvent, type RolloutPlan } from "@tideline/spec";
import { expect, onTestFinished, test } from "vitest";
import { activity, app } from "../../../../test/device-app.ts";
import { recordDefinition, recordedDefinitions } from "./definition-file.ts";
import { describeHealth, describeNext, servedPlan } from "./release-plan.ts";

const plan: RolloutPlan = { shares: [0.1, 0.5, 1], each: 1000, minPhones: 5, mostFailing: 0.1 };
const told = { plan, isTold: true };
const next = { share: 0.5, from: 2000, well: 5, minPhones: 5 };
const say = (change: Partial<typeof next>, now = 2000) =>
  describeNext({ share: 0.1, next: { ...next, ...change } }, told, now)[0];

test("what the next share waits for is said: phones, time, or nothing any more", () => {
  expect(say({})).toBe("50 % of the phones: due at the loop's next look");
  expect(say({ well: 4 })).toBe("50 % of the phones: too few phones do well with it: 4 of 5");
  expect(say({}, 1999)).toMatch(/^50 % of the phones: not before /);
  expect(say({ well: 0 }, 1999)).toMatch(/0 of 5, not before /);
});

test("where the loop does not widen, the owner is told to", () => {
  expect(describeNext({ share: 1, next: null }, told, 0)).toEqual([]);
  expect(describeNext({ share: 0.5, next: null }, told, 0)[0]).toMatch(/tideline release share/);
  const untold = { plan, isTold: false };
  expect(describeNext({ share: 0.1, next }, untold, 9000)[0]).toMatch(/updateEvent.*tideline release share/);
  expect(describeHealth({ health: null }, untold)).toMatch(/declares no updateEvent/);
  expect(describeHealth({ health: null }, told)).toBe("none has told of an update yet");
  const health = { phones: 3, failing: 1, withFailedFile: 0, heldBack: 2 };
  expect(describeHealth({ health }, told)).toBe("3 phones took it, 1 of them fail; 2 hold back");
  expect(describeHealth({ health: { ...health, withFailedFile: 2 } }, told)).toBe(
    "3 phones took it, 1 of them fail, 2 run it although a file of it failed there; 2 hold back",
  );
});

test("the plan is that of the definition that was served last", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tideline-release-plan-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  expect(await servedPlan(folder, "activity")).toBeNull();
  const staged = defineApp({
    ...app,
    events: [...Object.values(app.events), updateEvent({ purpose: "improve", retain: "90d" })],
    models: [{ ...activity, rollout: plan }],
  });
  const { name } = activity;
  await recordDefinition(folder, staged);
  for (const { source } of await recordedDefinitions(folder)) await utimes(source, 1, 1);
  expect(await servedPlan(folder, name)).toEqual(told);
  await recordDefinition(folder, app);
  expect(await servedPlan(folder, name)).toEqual({ plan: DEFAULT_ROLLOUT, isTold: false });
  await recordDefinition(folder, staged);
  expect(await servedPlan(folder, name)).toEqual(told);
  expect(await servedPlan(folder, "another")).toBeNull();
});
