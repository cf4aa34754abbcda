import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunningLoop } from "@tideline/pipeline";
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
    readonly clock: ScaledClockOptions;
    readonly injectedAt: number | null;
    readonly startedAt: number;
    readonly finishedAt: number;
    readonly processes: readonly ProcessPeak[];
    readonly summary: FleetSummary;
  },
): Promise<void> {
  const { loop, phones, report, clock, injectedAt, startedAt, finishedAt, processes, summary } = source;
  const catalog = await loop.evidence(folder);
  await cp(phones, join(folder, "phones"), { recursive: true });
  const counters = summary.phones.map(({ install, outages, retries }) => ({ install, outages, retries }));
  const facts = {
    format: 1,
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
