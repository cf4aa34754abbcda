import { defineApp, event, type AppDefinition } from "@tideline/spec";
import { expect, test } from "vitest";
import { cutoffsOf, lookEvery } from "./cutoff.ts";

const appWith = (...retains: readonly string[]): AppDefinition => ({
  ...defineApp({ name: "a", purposes: { p: "" }, events: [], views: [], models: [] }),
  events: Object.fromEntries(
    retains.map((retain, index) => [`e${index}`, event(`e${index}`, {}, { purpose: "p", retain })]),
  ),
});
const DAY = 86_400_000;

test("each event has its own; what nobody declares is kept as long as the longest", () => {
  const cutoffs = cutoffsOf(appWith("1d", "90d"), 100 * DAY);
  expect([cutoffs.of("e0"), cutoffs.of("e1"), cutoffs.of("constructor")]).toEqual([
    99 * DAY,
    10 * DAY,
    10 * DAY,
  ]);
  expect([cutoffs.others, cutoffs.latest]).toEqual([10 * DAY, 99 * DAY]);
});

test("what cannot be read, and an app without events, deletes nothing", () => {
  for (const app of [appWith(), appWith("for ever")]) {
    const cutoffs = cutoffsOf(app, 1e15);
    expect([cutoffs.of("e0"), cutoffs.others, cutoffs.latest]).toEqual([-Infinity, -Infinity, -Infinity]);
  }
  expect(cutoffsOf(appWith("for ever", "1d"), 100 * DAY)).toMatchObject({
    others: -Infinity,
    latest: 99 * DAY,
  });
});

test("looks come often enough for the shortest, and neither at every turn nor never", () => {
  expect(["90d", "1d", "1h", "1s", "for ever"].map((retain) => lookEvery(appWith(retain)))).toEqual([
    DAY,
    DAY / 24,
    150_000,
    60_000,
    DAY,
  ]);
  expect(lookEvery(appWith())).toBe(DAY);
});
