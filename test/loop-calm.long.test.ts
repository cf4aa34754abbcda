import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { playLoop } from "./loop/play-loop.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tideline-calm-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the loop without drift", () => {
  it("raises no alarm and makes no second release", async () => {
    const report = await playLoop(folder, "--no-drift", "--seed", "2");
    expect(report.drift).toEqual({ injectedAt: null, detectedAt: null });
    expect(report.releases).toHaveLength(1);
    expect(report.accuracy).toMatchObject({ drifted: null, after: null });
  });
});
