import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { checkRegionTarget, makeFolder, REGION_FILE, type RunningLoop } from "@tideline/pipeline";
import type { FleetSummary } from "./fleet.ts";
import type { LoopReport, ScaledClockOptions } from "@tideline/spec";

/** Peak memory of a process of the run. */
export interface ProcessPeak {
  readonly name: string;
  readonly pid: number;
  readonly peakMb: number;
}

/** Leaves what an auditor needs: the phones' journals, the lake, predictions, releases, and the report itself. */
export async function leaveEvidence(
  folder: string,
  source: {
    readonly loop: RunningLoop;
    readonly phones: string;
    readonly report: LoopReport;
    /** The region of the folder; null for one without. */
    readonly region: string | null;
    readonly clock: ScaledClockOptions;
    readonly injectedAt: number | null;
    readonly startedAt: number;
    readonly finishedAt: number;
    readonly processes: readonly ProcessPeak[];
    readonly summary: FleetSummary;
  },
): Promise<void> {
  const { loop, phones, report, region, clock, injectedAt, startedAt, finishedAt, processes, summary } =
    source;
  if (region !== null) {
    await checkRegionTarget(folder, region, "evidence");
    await makeFolder(folder);
    await writeFile(join(folder, REGION_FILE), `${region}\n`);
  }
  const catalog = await loop.evidence(folder);
  await cp(phones, join(folder, "phones"), { recursive: true });
  const counters = summary.phones.map(({ install, outages, retries }) => ({ install, outages, retries }));
  const facts = {
    format: 1,
    ...(region !== null && { region }),
    source: report.source,
    clock,
    injectedAt,
    startedAt,
    finishedAt,
    processes,
    phones: counters,
    ...catalog,
  };
  await writeFile(join(folder, "evidence.json"), JSON.stringify(facts));
  await writeFile(join(folder, "report.json"), JSON.stringify(report));
}
