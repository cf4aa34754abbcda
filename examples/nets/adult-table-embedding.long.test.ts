import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const beside = process.env["TIDELINE_DATA"];
const data =
  beside === undefined ? join(import.meta.dirname, "../../../shared/data/adult") : join(beside, "../adult");
const required = process.env["TIDELINE_REQUIRE"]?.split(",").includes("data") ?? false;

test.skipIf(!existsSync(data) && !required)("adult-table-embedding reaches its threshold", () => {
  const script = join(import.meta.dirname, "adult-table-embedding.ts");
  const run = spawnSync(process.execPath, [script, "--data", data, "--json"], { encoding: "utf8" });
  expect(run.stderr).toBe("");
  const figures = JSON.parse(run.stdout) as { readonly mean: number; readonly threshold: number };
  expect(figures.mean).toBeGreaterThanOrEqual(figures.threshold);
  expect(run.status).toBe(0);
});
