import { beforeEach, describe, expect, test } from "vitest";
import { createWorld, gait, makeRelease, runtimeOf, tap, type World } from "../../../test/device-fixture.ts";
import { createBudget, type BudgetLimits, type Budget } from "./budget.ts";
import { createCapture } from "./capture.ts";
import type { Client } from "./client.ts";
import type { Conditions } from "./ports.ts";

const DAY = 86_400_000;
const window = new Float32Array(gait.size * gait.channels.length);

let world: World;
let now: number;
let monotonic: number;
let conditions: Conditions;
/** Bytes of all bodies that were sent, as the network saw them. */
let traffic: { up: number };
beforeEach(() => {
  world = createWorld();
  now = 20_000 * DAY;
  monotonic = 0;
  conditions = { network: "unmetered", charging: true, foreground: true };
  traffic = { up: 0 };
  world.intercept = (request) => {
    traffic.up += request.body?.length ?? 0;
    return undefined;
  };
});

/** A phone whose model takes 2 ms for a window. */
async function start(limits: Partial<BudgetLimits>): Promise<{ client: Client; budget: Budget }> {
  const budget = createBudget(limits);
  const slow = runtimeOf({}, async (answer) => {
    monotonic += 2;
    return answer;
  });
  const client = await world.start(
    { budget, limits: { attempts: 1 } },
    { clock: () => now, monotonic: () => monotonic, conditions: () => conditions, runtimes: [slow] },
  );
  await client.setConsent(["improve", "analytics"]);
  return { client, budget };
}

describe("what is held back waits, and is counted", () => {
  test("events beyond the day's bytes wait for the next day", async () => {
    const { client, budget } = await start({ uploadBytes: 1500 });
    let recorded = 0;
    for (let round = 0; round < 10; round += 1) {
      for (let index = 0; index < 3; index += 1) await client.track(tap, { target: `t${(recorded += 1)}` });
      await client.flush();
    }
    const { pending, acknowledged, dropped } = client.diagnostics().events;
    expect({ dropped, sum: pending + acknowledged }).toEqual({ dropped: 0, sum: 30 });
    expect(pending).toBeGreaterThan(0);
    expect(traffic.up).toBeLessThanOrEqual(1500);
    expect(budget.status()).toMatchObject({ spent: { uploadBytes: traffic.up } });
    expect(budget.status().held.uploadBytes).toBeGreaterThan(0);
    expect(await client.flush()).toMatchObject({ stopped: "BUDGET_SPENT" });
    expect(client.diagnostics()).toMatchObject({
      uploads: { stopped: false },
      budget: { spent: { uploadBytes: traffic.up } },
    });
    const today = traffic.up;
    now += DAY;
    await client.flush();
    expect(traffic.up).toBeGreaterThan(today);
    expect(traffic.up - today).toBeLessThanOrEqual(1500);
  });

  test("a batch that no day has room for is made smaller, not kept waiting for ever", async () => {
    const { client } = await start({ uploadBytes: 900 });
    for (let index = 0; index < 12; index += 1) await client.track(tap, { target: `t${index}` });
    for (let day = 0; day < 12; day += 1) {
      await client.flush();
      now += DAY;
    }
    expect(client.diagnostics().events).toMatchObject({ acknowledged: 12, pending: 0, dropped: 0 });
  });

  test.each<[string, Partial<Conditions>, Partial<BudgetLimits>, string]>([
    [
      "a metered network",
      { network: "metered" },
      { events: { network: "unmetered", charging: "any" } },
      "network",
    ],
    ["a battery", { charging: false }, { events: { network: "any", charging: "required" } }, "charging"],
  ])("events wait over %s where the rule says so", async (_, change, limits, reason) => {
    const { client, budget } = await start(limits);
    await client.track(tap, { target: "a" });
    conditions = { ...conditions, ...change };
    expect(await client.flush()).toEqual({ acknowledged: 0, pending: 1, stopped: "BUDGET_SPENT" });
    expect(traffic.up).toBe(0);
    expect(budget.status().held).toEqual({ [reason]: 1 });
    conditions = { network: "unmetered", charging: true, foreground: true };
    expect(await client.flush()).toMatchObject({ acknowledged: 1 });
  });

  test("models wait for a network that costs nothing; a person's own requests never wait", async () => {
    const release = await makeRelease(1);
    world.publish(release);
    conditions = { ...conditions, network: "metered" };
    const { client } = await start({});
    expect(await client.update()).toEqual({ result: "offline", version: 0, code: "BUDGET_SPENT" });
    expect(world.requests).toEqual([]);
    await client.eraseMe();
    expect(world.requests.map(({ url }) => url)).toEqual(["http://console/v1/subject/erase"]);
    conditions = { ...conditions, network: "unmetered" };
    expect(await client.update()).toMatchObject({ result: "activated" });
  });

  test("a file larger than what is left of the day is not even asked for", async () => {
    const release = await makeRelease(1);
    world.publish(release);
    const manifest = JSON.stringify(release.envelope).length + 2;
    const { client } = await start({ downloadBytes: manifest + 10 });
    expect(await client.update()).toMatchObject({ result: "offline", code: "BUDGET_SPENT" });
    expect(world.requests.some(({ url }) => url.includes("artifacts"))).toBe(false);
  });

  test("a model whose time is spent leaves the answer to the rule", async () => {
    world.publish(await makeRelease(1));
    const { client, budget } = await start({ cpuMs: 20 });
    await client.update();
    const sources = [];
    for (let index = 0; index < 12; index += 1) {
      sources.push((await client.predict(window, { session: `s${index}`, start: 0 })).source);
    }
    expect(sources.indexOf("rule")).toBeGreaterThan(3);
    expect(budget.status().spent.cpuMs).toBeLessThanOrEqual(20 + 2);
    const { reason } = await client.predict(window, { session: "t", start: 0 });
    expect(reason).toBe("cpu/onnx:BUDGET_SPENT,cloud:CONSENT_MISSING,last:NOT_FOUND");
    now += DAY;
    expect(await client.predict(window, { session: "u", start: 0 })).toMatchObject({ source: "device" });
  });

  test("in the background the radio is woken up so many times; what comes while it is awake is free", async () => {
    const { client, budget } = await start({ wakeUps: 2 });
    conditions = { ...conditions, foreground: false };
    for (let minute = 0; minute < 5; minute += 1) {
      await client.track(tap, { target: "a" });
      await client.flush();
      now += 1000;
      await client.track(tap, { target: "b" });
      await client.flush();
      now += 59_000;
    }
    expect(budget.status()).toMatchObject({ spent: { wakeUps: 2 }, held: { wakeUps: 6 } });
    expect(client.diagnostics().events).toMatchObject({ acknowledged: 4, pending: 6 });
    conditions = { ...conditions, foreground: true };
    expect(await client.flush()).toMatchObject({ pending: 0 });
  });
});

test("the day's counters survive a restart, a kill in the middle of a request, and a clock that is set back", async () => {
  const { client, budget } = await start({ uploadBytes: 2000 });
  await client.track(tap, { target: "a" });
  await client.flush();
  const { spent } = budget.status();
  expect(spent.uploadBytes).toBe(traffic.up);
  await client.track(tap, { target: "b" });
  world.intercept = (request) => {
    traffic.up += request.body?.length ?? 0;
    world.storage().stop();
    throw new Error("killed");
  };
  await client.flush();
  const again = await start({ uploadBytes: 2000 });
  expect(again.budget.status().spent.uploadBytes).toBe(traffic.up);
  now -= 3_600_000;
  expect((await start({})).budget.status().spent.uploadBytes).toBe(traffic.up);
  now += DAY + 3_600_000;
  expect((await start({})).budget.status().spent.uploadBytes).toBe(0);
  // A clock that was a year ahead for a moment does not leave the phone without a budget for a year.
  now -= 365 * DAY;
  expect((await start({})).budget.status().day).toBe(now / DAY);
});

test("a day with workouts, restarts and a commute stays inside its budget and says what it held back", async () => {
  world.publish(await makeRelease(1));
  const limits: Partial<BudgetLimits> = {
    uploadBytes: 60_000,
    downloadBytes: 20_000,
    recordBytes: 30_000,
    cpuMs: 3000,
    wakeUps: 12,
    events: { network: "unmetered", charging: "any" },
  };
  const samples = Float32Array.from({ length: 50 * 2 }, (_, index) => ((index * 37) % 23) / 16 - 0.5);
  let pushed = 0;
  let overBudget = 0;
  let { client, budget } = await start(limits);
  await client.update();
  for (let minute = 0; minute < 24 * 60; minute += 5) {
    now = 20_000 * DAY + minute * 60_000;
    const hour = minute / 60;
    conditions = {
      // On the way from eight to six; at home it charges over night.
      network: hour >= 8 && hour < 18 ? "metered" : "unmetered",
      charging: hour < 7 || hour >= 22,
      foreground: minute % 60 === 0,
    };
    // A restart every four hours.
    if (minute % 240 === 235) ({ client, budget } = await start(limits));
    await client.track(tap, { target: "screen" });
    const isWorkout = hour >= 17 && hour < 18.5;
    if (isWorkout || minute % 60 === 0) {
      const capture = createCapture(client, {
        session: `m${minute}`,
        startTime: now,
        mode: isWorkout ? "workout" : "foreground",
        conditions: () => conditions,
        encoding: "int16",
        budget,
      });
      for (let second = 0; second < (isWorkout ? 12 : 3); second += 1) {
        await capture.push(samples);
        pushed += 50;
      }
      await capture.finish();
      overBudget += capture.status().overBudget;
    }
    await client.flush();
  }
  const { spent, held } = client.diagnostics().budget!;
  for (const what of ["uploadBytes", "downloadBytes", "recordBytes", "wakeUps"] as const) {
    expect(spent[what], what).toBeLessThanOrEqual(limits[what]!);
    expect(spent[what], what).toBeGreaterThan(limits[what]! / 10);
  }
  // A run that has begun is not stopped.
  expect(spent.cpuMs).toBeLessThanOrEqual(3000 + 2);
  // Those of the last five minutes may not be written down yet when the app dies: at most a hundredth of a limit each.
  expect(traffic.up).toBeLessThanOrEqual(limits.uploadBytes! * 1.01);
  expect(held).toMatchObject({ network: expect.any(Number), wakeUps: expect.any(Number) });
  expect(held.cpuMs).toBeGreaterThan(0);
  expect(held.recordBytes).toBeGreaterThan(0);
  expect(overBudget).toBeGreaterThan(0);
  expect(pushed).toBe(50 * (18 * 12 + 22 * 3));
  const { recorded, acknowledged, pending, dropped } = client.diagnostics().events;
  expect(recorded).toBe(acknowledged + pending + dropped);
  expect(dropped).toBe(0);
});
