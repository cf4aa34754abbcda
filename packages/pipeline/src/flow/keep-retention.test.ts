import { expect, onTestFinished, test, vi } from "vitest";
import { listFlows } from "../catalog/index.ts";
import { BEGIN } from "../dataset/testing/pose-log.ts";
import { createRetention } from "./keep-retention.ts";
import { firstStudy } from "./testing/first-study.ts";
import { openPoseLoop } from "./testing/open-pose-loop.ts";

const DAY = 86_400_000;

test("rows stay their ninety days, go within a day after, and each look is recorded once", async () => {
  let now = BEGIN;
  const { context, snapshot } = await openPoseLoop(onTestFinished, { clock: () => now });
  const { catalog } = context;
  const before = await snapshot(firstStudy());
  expect(before.manifest.counts.events).toBeGreaterThan(0);
  const retain = createRetention(context);
  const looks = async () =>
    (await listFlows(catalog, "finished")).filter(({ name }) => name === "retain").length;
  now = BEGIN + 89 * DAY;
  expect(await retain()).toBeNull();
  now += 1;
  expect(await retain()).toBeNull();
  expect(await looks()).toBe(1);
  // Another process over the same folder has nothing to look for until the next day.
  expect(await createRetention(context)()).toBeNull();
  expect(await looks()).toBe(1);
  now = BEGIN + 93 * DAY;
  const after = await retain();
  expect(after!.manifest.counts).toMatchObject({ events: 0, quarantined: 0, receipts: 0 });
  expect(after!.manifest.parent).toBe(before.id);
  expect(await looks()).toBe(2);
});

test("what fails is said, and tried again", async () => {
  let now = BEGIN + 93 * DAY;
  const { context, snapshot } = await openPoseLoop(onTestFinished, { clock: () => now });
  await snapshot(firstStudy());
  const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  onTestFinished(() => said.mockRestore());
  let isBroken = true;
  const retain = createRetention({
    ...context,
    engine: {
      ...context.engine,
      columns: (sql) => (isBroken ? Promise.reject(new Error("broken")) : context.engine.columns(sql)),
    },
  });
  expect(await retain()).toBeNull();
  expect(said.mock.calls.join()).toContain("retention: broken");
  isBroken = false;
  expect(await retain()).toBeNull();
  now += 60_000;
  expect((await retain())!.manifest.counts.events).toBe(0);
});
