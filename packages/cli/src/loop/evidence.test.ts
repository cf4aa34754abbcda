import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { leaveEvidence } from "./evidence.ts";

let work: string;
beforeEach(async () => {
  work = await mkdtemp(join(tmpdir(), "tideline-evidence-"));
  await mkdir(join(work, "phones"));
});
afterEach(() => rm(work, { recursive: true }));

/** Leaves evidence of a loop that has nothing to add. */
function leave(folder: string, region: string | null): Promise<void> {
  const source = {
    loop: { evidence: async () => ({ snapshot: "s", app: {}, alerts: [] }) },
    phones: join(work, "phones"),
    report: { source: "simulated" },
    region,
    clock: { origin: 0, wallOrigin: 0, speed: 1 },
    injectedAt: null,
    startedAt: 0,
    finishedAt: 1,
    processes: [],
    summary: { phones: [] },
  };
  return leaveEvidence(folder, source as unknown as Parameters<typeof leaveEvidence>[1]);
}

test("evidence says its region, and is a place of it from then on", async () => {
  const folder = join(work, "eu");
  await leave(folder, "eu");
  expect(JSON.parse(await readFile(join(folder, "evidence.json"), "utf8"))).toMatchObject({ region: "eu" });
  expect(await readFile(join(folder, "tideline-region"), "utf8")).toBe("eu\n");
  await expect(leave(join(folder, "below"), "us")).rejects.toThrow("RESIDENCY_MISMATCH");
});

test("evidence goes to no place of another region", async () => {
  await mkdir(join(work, "disk"));
  await writeFile(join(work, "disk", "tideline-region"), "us");
  await expect(leave(join(work, "disk", "evidence"), "eu")).rejects.toThrow("RESIDENCY_MISMATCH");
});
