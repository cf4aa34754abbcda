import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const start = (parameters: readonly string[], environment: Record<string, string> = {}) =>
  spawnSync(process.execPath, [join(import.meta.dirname, "testing/option-child.ts"), ...parameters], {
    encoding: "utf8",
    env: { ...process.env, TIDELINE_REQUIRE: "", ...environment },
  });

test.each([
  [["--only", "wide"], 64, /--only: expected together with --choose/],
  [["--choose", "--only", "nosuch"], 64, /--only: expected some of narrow, wide, received nosuch/],
  [["--choose", "--out", "there"], 64, /--out: expected without --choose/],
  [["--choose", "--json"], 64, /--json: expected without --choose/],
  [["--choose", "--seeds", "5"], 64, /--seeds: expected without --choose/],
  [["--seeds", "0"], 64, /--seeds: expected an integer of at least 1, received 0/],
  [["--colour"], 64, /--colour/],
  [["--data", "/nowhere/at/all"], 66, /missing: no data set optdigits in \/nowhere\/at\/all/],
])("a mistake on the command line is named before any work: %j", (parameters, status, says) => {
  const run = start(parameters);
  expect(run.stderr).toMatch(says);
  expect(run.stderr).not.toMatch(/^\s+at /m);
  expect(run.stdout).toBe("");
  expect(run.status).toBe(status);
});

test("without data the example is skipped, or fails where data are required", () => {
  const elsewhere = { TIDELINE_DATA: "/nowhere/uci-har" };
  expect(start([], elsewhere)).toMatchObject({
    status: 0,
    stderr: expect.stringMatching("skipped: no data set"),
  });
  expect(start([], { ...elsewhere, TIDELINE_REQUIRE: "data" }).status).toBe(66);
});
