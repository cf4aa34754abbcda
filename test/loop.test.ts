import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { LoopReport } from "@tideline/spec";

const root = join(import.meta.dirname, "..");

/** Runs a script of the project to its end. */
async function run(
  args: readonly string[],
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: await ended, stdout, stderr };
}

/** Plays the loop on a simulated fleet in a folder of its own. */
async function play(folder: string, ...flags: readonly string[]): Promise<LoopReport> {
  const main = join(root, "packages/cli/src/main.ts");
  const args = [main, "start", "--exit", "--json", "--port", "0", "--folder", join(folder, "loop"), ...flags];
  const { status, stdout, stderr } = await run(args);
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as LoopReport;
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tideline-loop-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the loop on a simulated fleet", { timeout: 240_000 }, () => {
  let report: LoopReport;
  const evidence = (): string => join(folder, "evidence");

  beforeAll(async () => {
    report = await play(folder, "--evidence", evidence());
  }, 240_000);

  it("loses nothing and stores nothing twice, though phones were killed, offline and sent twice", () => {
    const { events, phones } = report;
    expect(events).toMatchObject({ lost: 0, duplicatesStored: 0 });
    expect(events.recorded).toBe(events.stored + events.quarantined + events.pending + events.lost);
    expect(events.duplicatesReceived).toBeGreaterThan(0);
    expect(phones.killed).toBe(1);
    expect(phones.outages).toBeGreaterThan(0);
  });

  it("quarantines what may not be stored, with its reason", () => {
    expect(Object.keys(report.quarantine)).toEqual(
      expect.arrayContaining(["CONSENT_MISSING", "EVENT_UNKNOWN"]),
    );
  });

  it("answers on the phone, by the endpoint and by the rule", () => {
    const { device, endpoint, rule } = report.predictions;
    expect(Math.min(device, endpoint, rule)).toBeGreaterThan(0);
  });

  it("computes on the phone what the lake computes", () => {
    expect(report.skew.compared).toBe(report.predictions.device);
    expect(report.skew.maxDifference).toBeLessThanOrEqual(1e-4);
  });

  it("offers a model table with each release, and phones with nothing else answer by it as ONNX Runtime does", () => {
    const { releases, tableSkew } = report;
    for (const { table } of releases)
      expect(table?.offered === true && table.parity).toBeLessThanOrEqual(1e-4);
    expect(tableSkew!.phones).toBeGreaterThan(0);
    expect(tableSkew!.compared).toBeGreaterThan(0);
    expect(tableSkew!.maxDifference).toBeLessThanOrEqual(1e-4);
  });

  it("notices the turn and answers it with a better release", () => {
    const { drift, accuracy, releases } = report;
    expect(drift.detectedAt).toBeGreaterThan(drift.injectedAt!);
    expect(releases.map(({ version }) => version)).toEqual([1, 2]);
    expect(accuracy.drifted!).toBeLessThan(accuracy.before! - 0.15);
    // A loop whose looks take long finds the drift later, and so keeps fewer rows from after it: measured from 0.985
    // with all of them down to 0.943 with a third. Labels that it has not read yet it waits for, however slow it is.
    expect(accuracy.after!).toBeGreaterThan(accuracy.before! - 0.05);
    expect(Math.max(...releases.map(({ parity }) => parity))).toBeLessThanOrEqual(1e-4);
  });

  it("leaves evidence from which an auditor recomputes every figure", async () => {
    const audit = await run([join(root, "scripts/audit.ts"), evidence()]);
    expect(audit.status, audit.stdout + audit.stderr).toBe(0);
  });
});

describe("the loop without drift", { timeout: 240_000 }, () => {
  it("raises no alarm and makes no second release", async () => {
    const report = await play(join(folder, "calm"), "--no-drift", "--seed", "2");
    expect(report.drift).toEqual({ injectedAt: null, detectedAt: null });
    expect(report.releases).toHaveLength(1);
    expect(report.accuracy).toMatchObject({ drifted: null, after: null });
  });
});
