import { expect, test } from "vitest";
import { withLoads } from "./cold-load.ts";
import type { CaseTimes } from "./report.ts";

const times: CaseTimes = {
  coldMs: 900,
  startMs: 890,
  loadMs: 10,
  firstMs: 50,
  runs: 20,
  group: 1,
  clockMs: 0.001,
  p50Ms: 1,
  p90Ms: 1,
  p99Ms: 1,
  leastMs: 1,
  meanMs: 1,
  sustained: null,
};
const load = (startMs: number, loadMs: number, firstMs: number) => ({ startMs, loadMs, firstMs });

test("the cold load is that of the middle process, whose parts belong together; the first call a median of its own", () => {
  // The case's own process came first and met a cold disk.
  const found = withLoads(times, [load(100, 5, 2), load(80, 30, 9), load(70, 8, 3), load(120, 1, 4)]);
  expect(found).toMatchObject({ coldMs: 110, startMs: 80, loadMs: 30, firstMs: 4, p50Ms: 1 });
  expect(found.cold).toEqual({ processes: 5, leastMs: 78, mostMs: 900 });
  expect(times.coldMs).toBe(900);
});

test("of two the shorter; alone it is what it was", () => {
  expect(withLoads(times, [load(1, 1, 1)])).toMatchObject({ coldMs: 2, firstMs: 1 });
  expect(withLoads(times, [])).toEqual({ ...times, cold: { processes: 1, leastMs: 900, mostMs: 900 } });
});
