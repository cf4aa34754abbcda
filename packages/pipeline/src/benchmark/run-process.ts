import { fork } from "node:child_process";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchmarkArtifact, CaseReport } from "@tideline/spec/benchmark";
import { failedCase } from "@tideline/spec/benchmark";
import { PRINTED } from "./node-runtime.ts";

const SCRIPT = join(import.meta.dirname, "case-process.ts");

/**
 * Runs a case in a process of its own and gives its report; a process that dies or hangs is a case that failed.
 *
 * @param folder with `plan.json` and the files by their digests
 */
export async function runInProcess(
  folder: string,
  artifact: BenchmarkArtifact,
  runtime: string,
  timeoutMs: number,
): Promise<CaseReport> {
  const written = await mkdtemp(join(tmpdir(), "tideline-case-"));
  const printed = await open(join(written, PRINTED), "w");
  try {
    return await new Promise((resolve) => {
      const child = fork(SCRIPT, [join(folder, "plan.json"), artifact.kind, runtime, written], {
        stdio: ["ignore", printed.fd, "pipe", "ipc"],
        execArgv: [],
      });
      let said = "";
      child.stderr!.on("data", (part: Buffer) => (said = (said + part.toString()).slice(-2000)));
      let report: CaseReport | undefined;
      const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
      child.on("message", (message) => (report = message as CaseReport));
      child.on("error", (error) => (said += error.message));
      child.on("close", (code, signal) => {
        clearTimeout(timer);
        const end = signal === null ? `ended with ${code}` : `was ended by ${signal}`;
        const words = said.trim().split("\n").slice(-5).join("; ");
        resolve(
          report ??
            failedCase(artifact, runtime, `its process ${end}${words === "" ? "" : `: ${words}`}`, {
              fresh: true,
            }),
        );
      });
    });
  } finally {
    await printed.close();
    await rm(written, { recursive: true, force: true });
  }
}
