import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  casesOf,
  NO_CONDITIONS,
  withLoads,
  type CaseLoad,
  type BenchmarkPlan,
  type BenchmarkReport,
  type CaseReport,
} from "@tideline/spec/benchmark";
import { machine } from "./machine.ts";
import { pageRuntimes } from "./browser/page-runtime.ts";
import { nodeRuntimes } from "./node-runtime.ts";
import type { BenchmarkFiles } from "./package-plan.ts";
import { loadInBrowser, runInBrowser } from "./run-browser.ts";
import { loadInProcess, runInProcess, type LoneCase } from "./run-process.ts";
import type { BenchmarkServer } from "./server.ts";

/** A benchmark of this machine. */
export interface MachineRunOptions {
  readonly files: BenchmarkFiles;
  readonly server: BenchmarkServer;
  /** Path of a Chromium; cases in a browser are left out without one. */
  readonly chromium: string | undefined;
  /** Processes in which each case is loaded, the one that is timed included; one by default. */
  readonly loads?: number;
  /** Ends the run: processes are ended, folders removed. */
  readonly signal?: AbortSignal;
  readonly tell?: (line: string) => void;
}

/** What of a case besides its calls takes at most: a start of a browser, loads, rows that are checked, a profile. */
const REST_MS = 120_000;

const timeoutOf = ({ pace }: BenchmarkPlan): number => REST_MS + 30_000 + 2000 * pace.sustainSeconds;

/** A case with what it takes to load it in further processes, one after another. */
async function loadedAgain(
  report: CaseReport,
  others: number,
  load: () => Promise<CaseLoad | undefined>,
): Promise<CaseReport> {
  if (report.times === null || others < 1) return report;
  const found: CaseLoad[] = [];
  for (let at = 0; at < others; at++) {
    const one = await load();
    if (one !== undefined) found.push(one);
  }
  return { ...report, times: withLoads(report.times, found) };
}

/**
 * Runs every file on every runtime of this machine, in Node and in Chromium, each in a process of its own, one after another.
 *
 * @throws what `signal` gives as its reason, once everything is cleaned up.
 *
 * @example
 * const report = await runMachine({ files, server, chromium: chromiumPath(), loads: 5, tell: console.error });
 */
export async function runMachine(options: MachineRunOptions): Promise<BenchmarkReport> {
  const { files, server, chromium, loads = 1, signal, tell = () => {} } = options;
  const { plan } = files;
  const folder = await mkdtemp(join(tmpdir(), "tideline-benchmark-"));
  const timeoutMs = timeoutOf(plan);
  try {
    await writeFile(join(folder, "plan.json"), JSON.stringify(plan));
    for (const [sha256, bytes] of files.files) await writeFile(join(folder, sha256), bytes);
    const places = [
      {
        where: "",
        found: casesOf(plan, nodeRuntimes(folder)),
        run: (lone: LoneCase) => runInProcess(folder, lone),
        load: (lone: LoneCase) => loadInProcess(folder, lone),
      },
      ...(chromium === undefined
        ? []
        : [
            {
              where: " in Chromium",
              found: casesOf(plan, pageRuntimes({ litertVersion: "" })),
              run: (lone: LoneCase) => runInBrowser(chromium, server, lone),
              load: (lone: LoneCase) => loadInBrowser(chromium, server, lone),
            },
          ]),
    ];
    const cases: CaseReport[] = [];
    const of = places.reduce((sum, { found }) => sum + found.length, 0);
    for (const { where, found, run, load } of places)
      for (const { artifact, runtime } of found) {
        tell(`${cases.length + 1} of ${of}: ${artifact.kind} on ${runtime}${where}`);
        const lone: LoneCase = { artifact, runtime, timeoutMs, signal };
        cases.push(await loadedAgain(await run(lone), loads - 1, () => load(lone)));
        signal?.throwIfAborted();
      }
    return Object.freeze({
      format: 1,
      kind: "benchmark-report",
      id: randomUUID(),
      plan: server.planDigest,
      at: Date.now(),
      device: machine(),
      before: NO_CONDITIONS,
      after: NO_CONDITIONS,
      cases: Object.freeze(cases),
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
