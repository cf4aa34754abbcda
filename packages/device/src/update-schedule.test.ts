import { expect, test } from "vitest";
import { createMemoryPorts, createMemoryStorage } from "@tideline/device/testing";
import { platform } from "../../../test/device-fixture.ts";
import type { UpdateOutcome } from "./release-slot.ts";
import { createUpdateSchedule } from "./update-schedule.ts";

const HOUR = 3_600_000;
const BEGIN = 1_700_000_000_000;

/** An install with a clock and an answer that a test sets. */
function install(name: string, everyMs = 24 * HOUR) {
  const files = new Map<string, Uint8Array>();
  const state = { now: BEGIN, result: "current" as UpdateOutcome["result"], looks: 0, isBroken: false };
  const start = () =>
    createUpdateSchedule({
      client: {
        diagnostics: () => ({ install: name }) as never,
        update: async () => {
          state.looks += 1;
          return { result: state.result, version: 0, code: null };
        },
      },
      ports: createMemoryPorts(platform, {
        storage: {
          ...createMemoryStorage(files),
          read: async (name) => {
            if (state.isBroken) throw new Error("no disk");
            return files.get(name) ?? null;
          },
        },
        clock: () => state.now,
      }),
      everyMs,
    });
  return { state, start };
}

test("a phone looks at its first start, then once in every interval, after restarts too", async () => {
  const { state, start } = install("a");
  await expect(start().check()).resolves.toMatchObject({ result: "current" });
  await expect(start().check()).resolves.toBeNull();
  for (let hour = 0; hour < 10 * 24; hour += 1) {
    state.now += HOUR;
    await start().check();
  }
  expect(state.looks).toBe(11);
});

test("phones that start at the same moment look at moments that are spread over the interval", async () => {
  const hours = await Promise.all(
    Array.from({ length: 480 }, async (_, at) => {
      const { start } = install(`phone ${at}`);
      const schedule = start();
      await schedule.check();
      return Math.floor(((await schedule.next()) - BEGIN) / HOUR);
    }),
  );
  const counts = Array.from({ length: 24 }, (_, hour) => hours.filter((one) => one === hour).length);
  expect(Math.min(...counts)).toBeGreaterThan(5);
  expect(Math.max(...counts)).toBeLessThan(45);
  expect(hours.filter((hour) => hour < 0 || hour >= 24)).toEqual([]);
});

test("a look that found nobody is repeated within half an hour, by each phone at another time", async () => {
  const waits = await Promise.all(
    ["a", "b", "c"].map(async (name) => {
      const { state, start } = install(name, 1000 * HOUR);
      state.result = "offline";
      const schedule = start();
      await schedule.check();
      return (await schedule.next()) - BEGIN;
    }),
  );
  for (const wait of waits) expect(wait).toBeGreaterThanOrEqual(HOUR / 4);
  for (const wait of waits) expect(wait).toBeLessThanOrEqual(HOUR / 2);
  expect(new Set(waits).size).toBe(3);
});

test("a clock that was set back by years does not silence a phone", async () => {
  const { state, start } = install("a");
  state.now = BEGIN + 1e12;
  await start().check();
  state.now = BEGIN;
  await start().check();
  expect(state.looks).toBe(2);
  await start().check();
  expect(state.looks).toBe(2);
});

test("calls at the same time share one look", async () => {
  const { state, start } = install("a");
  const schedule = start();
  const outcomes = await Promise.all([schedule.check(), schedule.check(), schedule.check()]);
  expect(outcomes.map((outcome) => outcome?.result)).toEqual(["current", "current", "current"]);
  expect(state.looks).toBe(1);
  await expect(schedule.check()).resolves.toBeNull();
});

test("a storage that fails is told to who calls, to nobody else, and is tried again", async () => {
  const { state, start } = install("a");
  const unhandled: unknown[] = [];
  const note = (error: unknown) => void unhandled.push(error);
  process.on("unhandledRejection", note);
  state.isBroken = true;
  const schedule = start();
  await new Promise((resolve) => setTimeout(resolve, 10));
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
  await expect(schedule.check()).rejects.toThrow("no disk");
  state.isBroken = false;
  await expect(schedule.check()).resolves.toMatchObject({ result: "current" });
});
