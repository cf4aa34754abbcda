import { expect, test } from "vitest";
import { createWorld, tap } from "../../../test/device-fixture.ts";
import type { LogEntry } from "./ports.ts";
import { passTime } from "./queue-age.ts";

const DAY = 86_400_000;
const YEAR = 365 * DAY;
const START = 1_700_000_000_000;

test("time passes by the clock, by a day at most between two looks, and never back", () => {
  const age = { lived: 5, seen: START };
  expect(passTime(age, START + 1000)).toEqual({ lived: 1005, seen: START + 1000, latest: START + 1000 });
  expect(passTime(age, START + YEAR)).toEqual({ lived: 5 + DAY, seen: START + YEAR, latest: START + YEAR });
  expect(passTime(age, START - YEAR)).toEqual({
    lived: 5,
    seen: START - YEAR,
    latest: START - YEAR,
  });
});

/** How long a queue has lived after these looks at the clock. */
const livedAfter = (...looks: number[]): number => looks.reduce(passTime, { lived: 0, seen: START }).lived;

test("below the latest time ever seen short steps count, and a clock that is set does not", () => {
  // Started in 1970 and set after a minute, with looks in between; an hour has passed in truth.
  expect(livedAfter(0, 30_000, 60_000, START + 3_600_000)).toBe(3_660_000);
  // Set to a year too late, put right, and used on.
  expect(livedAfter(START + YEAR, START, START + 1000, START + 2000)).toBe(DAY + 2000);
  // As before, by a phone that starts in 1970, too: from where it was put right.
  expect(livedAfter(START + YEAR, 0, START, 0, START + DAY, 0, START + 2 * DAY)).toBe(3 * DAY);
});

test("a clock that was a year ahead once makes nothing live longer", () => {
  const looks = (step: number): number[] =>
    Array.from({ length: 100 }, (_, index) => START + (index + 1) * step);
  for (const hours of [1, 23, 24]) {
    const step = hours * 3_600_000;
    expect(livedAfter(START + YEAR, START, ...looks(step))).toBe(DAY + 100 * step);
  }
  // More than a day between two looks is a day.
  expect(livedAfter(START + YEAR, START, ...looks(25 * 3_600_000))).toBe(101 * DAY);
  // The clock of a phone that starts in 1970 and is never set.
  expect(livedAfter(0, 3_600_000, 0, 3_600_000, 0, 3_600_000)).toBe(3 * 3_600_000);
});

test("a clock that begins in 1970 at each boot ages what waits by what passed in truth", async () => {
  const world = createWorld();
  let now = START;
  const start = () => world.start({}, { clock: () => now });
  const client = await start();
  await client.setConsent(["analytics"]);
  await client.track(tap, { target: "a" });
  await client.close();
  for (let boot = 1; boot <= 40; boot += 1) {
    now = 0;
    const booted = await start();
    now = 5000;
    await booted.track(tap, { target: "before the clock is set" });
    now = START + boot * 600_000;
    await booted.track(tap, { target: "b" });
    await booted.close();
  }
  expect((await start()).diagnostics().events).toMatchObject({ pending: 81, drops: {} });
});

test("what happened long ago, or is said to happen far from now, is kept from when it was recorded", async () => {
  const world = createWorld();
  const client = await world.start();
  await client.setConsent(["analytics"]);
  for (const time of [START - 2 * YEAR, 0, START + YEAR]) await client.track(tap, { target: "a" }, { time });
  await client.track(tap, { target: "now" });
  const again = await world.start();
  expect(again.diagnostics().events).toMatchObject({ pending: 4, dropped: 0, drops: {} });
  expect(await again.flush()).toMatchObject({ acknowledged: 4 });
  const sent = [...world.collector.events.values()];
  expect(sent.map(({ time }) => time)).toEqual([START - 2 * YEAR, 0, START + YEAR, START]);
  // The queue's own note stays on the phone.
  expect(JSON.stringify(sent)).not.toContain("recorded");
});

test.each([
  ["while the app runs", false],
  ["between two starts", true],
])("a clock that jumps a year ahead and back %s loses nothing", async (_, restarts) => {
  const world = createWorld();
  let now = START;
  const start = () => world.start({}, { clock: () => now });
  let client = await start();
  await client.setConsent(["analytics"]);
  for (const jump of [0, YEAR, 0, -YEAR, 0, YEAR]) {
    now = START + jump;
    if (restarts) {
      await client.close();
      client = await start();
    }
    await client.track(tap, { target: `${jump}` });
  }
  expect(client.diagnostics().events).toMatchObject({ pending: 6, dropped: 0 });
  now = START + DAY;
  expect(await client.flush()).toMatchObject({ acknowledged: 6, pending: 0 });
});

test("a phone that was off for a year still sends what it has", async () => {
  const world = createWorld();
  const client = await world.start();
  await client.setConsent(["analytics"]);
  await client.track(tap, { target: "a" });
  await client.close();
  const again = await world.start({}, { clock: () => START + YEAR });
  expect(await again.flush()).toMatchObject({ acknowledged: 1 });
});

test("after thirty days of use without a network the oldest are dropped, counted by reason and told to the log", async () => {
  const world = createWorld();
  const entries: LogEntry[] = [];
  let now = START;
  const ports = { clock: () => now, log: (entry: LogEntry) => void entries.push(entry) };
  for (let day = 0; day <= 33; day += 1) {
    now = START + day * DAY;
    const client = await world.start({}, ports);
    await client.setConsent(["analytics"]);
    await client.track(tap, { target: `day ${day}` });
    await client.close();
  }
  const client = await world.start({}, ports);
  expect(client.diagnostics().events).toMatchObject({
    recorded: 34,
    pending: 31,
    dropped: 3,
    drops: { age: 3 },
  });
  expect(entries.filter(({ part }) => part === "queue")).toEqual(
    Array.from({ length: 3 }, () => ({ level: "warning", part: "queue", message: "1 given up: age" })),
  );
  await client.setConsent([]);
  expect(client.diagnostics().events).toMatchObject({ pending: 0, drops: { age: 3, consent: 31 } });
});

test("a queue that lost its own age goes on with that of its newest event", async () => {
  const world = createWorld();
  let now = START;
  const start = () => world.start({}, { clock: () => now });
  const client = await start();
  await client.setConsent(["analytics"]);
  for (let day = 1; day <= 20; day += 1) {
    now += DAY;
    await client.track(tap, { target: `recorded on day ${day}` });
  }
  await client.close();
  world.files.delete("queue.json");
  const pending: number[] = [];
  for (let opened = 1; opened <= 33; opened += 1) {
    now += DAY;
    pending.push((await start()).diagnostics().events.pending);
  }
  // The first start sees no time pass; after ten more the oldest event is 29 days old.
  expect(pending.slice(0, 12)).toEqual(Array.from({ length: 12 }, () => 20));
  expect(pending.slice(12, 15)).toEqual([19, 18, 17]);
  expect(pending.at(-1)).toBe(0);
});
