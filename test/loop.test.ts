import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { LoopReport } from "@tideline/spec";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { playLoop, runScript } from "./loop/play-loop.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tideline-loop-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("the loop on a simulated fleet", { timeout: 240_000 }, () => {
  let report: LoopReport;
  const evidence = (): string => join(folder, "evidence");

  beforeAll(async () => {
    report = await playLoop(folder, "--evidence", evidence());
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
    // with all of them down to 0.943 with a third, and once 0.904. Labels that it has not read yet it waits for, however
    // slow it is.
    expect(accuracy.after!).toBeGreaterThan(accuracy.before! - 0.1);
    expect(Math.max(...releases.map(({ parity }) => parity))).toBeLessThanOrEqual(1e-4);
  });

  it("leaves evidence from which an auditor recomputes every figure", async () => {
    const audit = await runScript([join(import.meta.dirname, "../scripts/audit.ts"), evidence()]);
    expect(audit.status, audit.stdout + audit.stderr).toBe(0);
  });
});
