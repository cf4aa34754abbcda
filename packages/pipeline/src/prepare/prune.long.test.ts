import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { prepare, runPreparation } from "./index.ts";
import { options, start } from "./testing/visits.ts";

test("steps and outcomes of earlier definitions go when that is asked for, and the newest of each preparation stays whole", async () => {
  const { folder, file } = start();
  const [first, other] = [prepare(options(file)), prepare(options(file, { name: "other", clean: [] }))];
  const changed = prepare(options(file, { checks: {} }));
  const older = await runPreparation(first, { folder });
  expect(older.pruned).toBe(null);
  const beside = await runPreparation(other, { folder });
  const newest = await runPreparation(changed, { folder, prune: true });
  expect(existsSync(older.path)).toBe(false);
  expect(newest.pruned).toMatchObject({ outcomes: 1, files: expect.any(Number) as number });
  expect(newest.pruned!.bytes).toBeGreaterThan(1000);
  expect((await runPreparation(changed, { folder, prune: true })).pruned).toEqual({
    outcomes: 0,
    files: 0,
    bytes: 0,
  });
  for (const [definition, path] of [
    [changed, newest.path],
    [other, beside.path],
  ] as const) {
    const again = await runPreparation(definition, { folder });
    expect([again.unchanged, again.path]).toEqual([true, path]);
  }
  expect((await runPreparation(first, { folder })).path).toBe(older.path);
});
