import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { dataFolder } from "../nets/example-option.ts";

const required = process.env["TIDELINE_REQUIRE"]?.split(",") ?? [];
const data = dataFolder("sms-spam");

describe.skipIf(!existsSync(data) && !required.includes("data"))("sms-tfidf", () => {
  test("reaches its threshold, and its graphs say the same", () => {
    const program = join(import.meta.dirname, "sms-tfidf.ts");
    const run = spawnSync(process.execPath, [program, "--data", data, "--json"], { encoding: "utf8" });
    expect(run.stderr).toBe("");
    console.log(run.stdout.trim());
    const figures = JSON.parse(run.stdout) as { mean: number; threshold: number; difference: number };
    expect(figures.mean).toBeGreaterThanOrEqual(figures.threshold);
    expect(figures.difference).toBeLessThan(1e-5);
    expect(run.status).toBe(0);
  });
});
