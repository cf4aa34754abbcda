import { fork } from "node:child_process";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failedCase, type BenchmarkArtifact, type CaseLoad, type CaseReport } from "@tideline/spec/benchmark";
import { PRINTED } from "./node-runtime.ts";

const SCRIPT = join(import.meta.dirname, "case-process.ts");

/** A case for a process, or a browser, of its own. */
export interface LoneCase {
  readonly artifact: BenchmarkArtifact;
  readonly runtime: string;
  readonly timeoutMs: number;
  /** Ends the process at once. */
  readonly signal?: AbortSignal | undefined;
}

/** What a process answers before it ends, or in words why it ended without. */
async function answerOf<Answer>(
  folder: string,
  { artifact, runtime, timeoutMs, signal }: LoneCase,
  task: "run" | "load",
): Promise<{ readonly answer: Answer } | string> {
  const written = await mkdtemp(join(tmpdir(), "tideline-case-"));
  const printed = await open(join(written, PRINTED), "w");
  try {
    return await new Promise((resolve) => {
      const child = fork(SCRIPT, [join(folder, "plan.json"), artifact.kind, runtime, written, task], {
        stdio: ["ignore", printed.fd, "pipe", "ipc"],
        execArgv: [],
      });
      let said = "";
      child.stderr!.on("data", (part: Buffer) => (said = (said + part.toString()).slice(-2000)));
      let answer: Answer | undefined;
      const end = (): void => void child.kill("SIGKILL");
      const timer = setTimeout(end, timeoutMs);
      signal?.addEventListener("abort", end, { once: true });
      if (signal?.aborted === true) end();
      child.on("message", (message) => (answer = message as Answer));
      child.on("error", (error) => (said += error.message));
      child.on("close", (code, by) => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", end);
        const how = by === null ? `ended with ${code}` : `was ended by ${by}`;
        const words = said.trim().split("\n").slice(-5).join("; ");
        resolve(answer === undefined ? `its process ${how}${words === "" ? "" : `: ${words}`}` : { answer });
      });
    });
  } finally {
    await printed.close();
    await rm(written, { recursive: true, force: true });
  }
}

/**
 * Runs a case in a process of its own and gives its report; a process that dies or hangs is a case that failed.
 *
 * @param folder with `plan.json` and the files by their digests
 */
export async function runInProcess(folder: string, lone: LoneCase): Promise<CaseReport> {
  const found = await answerOf<CaseReport>(folder, lone, "run");
  if (typeof found === "string") return failedCase(lone.artifact, lone.runtime, found, { fresh: true });
  return found.answer;
}

/** Loads a case in a process of its own; undefined where that came to nothing. */
export async function loadInProcess(folder: string, lone: LoneCase): Promise<CaseLoad | undefined> {
  const found = await answerOf<CaseLoad>(folder, lone, "load");
  return typeof found === "string" ? undefined : found.answer;
}
