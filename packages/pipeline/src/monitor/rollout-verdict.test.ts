import { DEFAULT_ROLLOUT } from "@tideline/spec";
import { expect, test } from "vitest";
import type { LivePredictions } from "./live-quality.ts";
import { failureReason, lossReason, lowestShare } from "./rollout-verdict.ts";

const health = (failing: number, phones: number) => ({ phones, failing, withFailedFile: 0, heldBack: 0 });
const none = health(0, 0);

test("the lower end of a share's interval is that of Wilson", () => {
  for (const [hits, of] of [
    [8, 10],
    [1, 5],
    [30, 100],
  ] as const) {
    const low = lowestShare(hits, of);
    // What defines it: the share seen lies 1.645 standard errors of the end above the end.
    expect((hits / of - low) / Math.sqrt((low * (1 - low)) / of)).toBeCloseTo(1.645, 6);
  }
  expect(lowestShare(0, 10)).toBeCloseTo(0, 10);
  expect(lowestShare(0, 0)).toBe(0);
});

test.each([
  [health(4, 4), none, false, "too few phones"],
  [health(5, 5), none, true, "all of five"],
  [health(1, 5), none, false, "one of five may be that phone"],
  [health(2, 100), none, false, "fewer than may"],
  [health(30, 100), none, true, "a third"],
  [health(30, 100), health(30, 100), false, "as many as before"],
  [health(60, 100), health(30, 100), true, "twice as many as before"],
  [health(30, 100), health(4, 4), true, "what few phones said before is no excuse"],
] as const)("%j after %j: withdrawn %s (%s)", (...[now, before, isBad]) => {
  expect(failureReason(DEFAULT_ROLLOUT, now, before) !== null).toBe(isBad);
});

/** Predictions: each person has ten of each release, of which so many are right. */
function livePredictions(
  people: readonly (readonly [name: string, release: string, right: number])[],
  time = 100,
): LivePredictions & { readonly person: readonly string[] } {
  const rows = people.flatMap(([name, release, right]) =>
    Array.from({ length: 10 }, (_, at) => ({ name, release, hit: at < right })),
  );
  const column = (of: (row: (typeof rows)[number]) => number) => Float64Array.from(rows, of);
  return {
    subject: rows.map(({ name }) => name),
    person: rows.map(({ name }) => name),
    role: rows.map(() => "control"),
    session: rows.map(() => "s"),
    start: column(() => 0),
    release: rows.map(({ release }) => release),
    source: rows.map(() => "device"),
    time: column(() => time),
    predicted: Int32Array.from(rows, () => 0),
    actual: Int32Array.from(rows, ({ hit }) => (hit ? 0 : 1)),
    delay: column(() => 1),
    latency: column(() => 1),
  };
}

const group = (release: string, rights: readonly number[]) =>
  rights.map((right, at) => [`${release}${at}`, release, right] as const);
const about = { now: "new", before: "old", since: 50, taught: new Set<string>() };

test("a release that answers people worse than the one before does to others is found, by person", () => {
  const bad = livePredictions([...group("new", [5, 6, 5, 6, 5]), ...group("old", [9, 9, 10, 9, 9])]);
  expect(lossReason(DEFAULT_ROLLOUT, bad, about)).toMatch(/accuracy 54.0 % of 5 people, 92.0 % of 5/);
  // The same, but the world changed before it came; or they taught it; or too few people.
  expect(lossReason(DEFAULT_ROLLOUT, bad, { ...about, since: 101 })).toBeNull();
  expect(lossReason(DEFAULT_ROLLOUT, bad, { ...about, taught: new Set(["old0"]) })).toBeNull();
  for (const rights of [
    [9, 9, 9, 10, 8],
    [1, 9, 10, 10, 10],
  ]) {
    const live = livePredictions([...group("new", rights), ...group("old", [9, 9, 10, 9, 9])]);
    expect(lossReason(DEFAULT_ROLLOUT, live, about)).toBeNull();
  }
});
