import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  casesOf,
  NO_CONDITIONS,
  type BenchmarkPlan,
  type BenchmarkReport,
  type CaseReport,
} from "@tideline/spec/benchmark";
import { machine } from "./machine.ts";
import { NODE_RUNTIMES } from "./node-runtime.ts";
import type { BenchmarkFiles } from "./package-plan.ts";
import { PAGE_RUNTIMES, runInBrowser } from "./run-browser.ts";
import { runInProcess } from "./run-process.ts";
import type { BenchmarkServer } from "./server.ts";

/** A benchmark of this machine. */
export interface MachineRunOptions {
  readonly files: BenchmarkFiles;
  readonly server: BenchmarkServer;
  /** Path of a Chromium; cases in a browser are left out without one. */
  readonly chromium: string | undefined;
  readonly tell?: (line: string) => void;
}

/** What of a case besides its calls takes at most: a start of a browser, loads, rows that are checked, a profile. */
const REST_MS = 120_000;

const timeoutOf = ({ pace }: BenchmarkPlan): number => REST_MS + 30_000 + 2000 * pace.sustainSeconds;

/**
 * Runs every file on every runtime of this machine, in Node and in Chromium, each in a process of its own, one after another.
 *
 * @example
 * const report = await runMachine({ files, server, chromium: chromiumPath(), tell: console.error });
 */
export async function runMachine(options: MachineRunOptions): Promise<BenchmarkReport> {
  const { files, server, chromium, tell = () => {} } = options;
  const { plan } = files;
  const folder = await mkdtemp(join(tmpdir(), "tideline-benchmark-"));
  const timeoutMs = timeoutOf(plan);
  try {
    await writeFile(join(folder, "plan.json"), JSON.stringify(plan));
    for (const [sha256, bytes] of files.files) await writeFile(join(folder, sha256), bytes);
    const inNode = casesOf(
      plan,
      Object.entries(NODE_RUNTIMES).map(([name, make]) => ({ name, formats: make(folder).formats })),
    );
    const inPage =
      chromium === undefined
        ? []
        : casesOf(
            plan,
            Object.entries(PAGE_RUNTIMES).map(([name, formats]) => ({ name, formats })),
          );
    const cases: CaseReport[] = [];
    const of = inNode.length + inPage.length;
    for (const { artifact, runtime } of inNode) {
      tell(`${cases.length + 1} of ${of}: ${artifact.kind} on ${runtime}`);
      cases.push(await runInProcess(folder, artifact, runtime, timeoutMs));
    }
    for (const { artifact, runtime } of inPage) {
      tell(`${cases.length + 1} of ${of}: ${artifact.kind} on ${runtime} in Chromium`);
      cases.push((await runInBrowser(chromium!, server, { artifact, runtime, timeoutMs })).report);
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
