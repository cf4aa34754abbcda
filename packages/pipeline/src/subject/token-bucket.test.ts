import { expect, test } from "vitest";
import { tokenBuckets } from "./token-bucket.ts";

test("each source has its own bucket, which fills again", () => {
  let now = 0;
  const take = tokenBuckets({ burst: 2, everyMs: 1000 }, () => now);
  expect([take("a"), take("a"), take("a"), take("b")]).toEqual([true, true, false, true]);
  now = 999;
  expect(take("a")).toBe(false);
  now = 1000;
  expect([take("a"), take("a")]).toEqual([true, false]);
  now = 1_000_000;
  expect([take("a"), take("a"), take("a")]).toEqual([true, true, false]);
});

test("however many sources come, few are remembered", () => {
  const take = tokenBuckets({ burst: 1, everyMs: 1000 }, () => 0);
  for (let source = 0; source < 20_000; source += 1) expect(take(String(source))).toBe(true);
  expect(take("19999")).toBe(false);
});
