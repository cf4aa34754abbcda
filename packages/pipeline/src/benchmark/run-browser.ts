import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { failedCase, type CaseLoad, type CaseReport } from "@tideline/spec/benchmark";
import { messageOf } from "@tideline/spec";
import { CHROMIUM_ARGS } from "./chromium-path.ts";
import { rendererMemory } from "./machine.ts";
import type { LoneCase } from "./run-process.ts";
import type { BenchmarkServer } from "./server.ts";

/** Ends a browser; the processes that it started end when it is gone. */
async function end(browser: ChildProcess): Promise<void> {
  if (browser.pid === undefined || browser.exitCode !== null || browser.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => browser.once("close", () => resolve()));
  browser.kill("SIGKILL");
  await gone;
}

/** What a browser that is started for a case alone hands in, on the page that the server serves. Throws where it does not. */
async function handedIn<Answer>(
  executable: string,
  server: BenchmarkServer,
  { artifact, runtime, timeoutMs, signal }: LoneCase,
  {
    task,
    pick,
  }: { task: "run" | "load"; pick: (of: ReturnType<BenchmarkServer["expectCase"]>) => Promise<Answer> },
): Promise<Answer> {
  const profile = await mkdtemp(join(tmpdir(), "tideline-browser-"));
  const asked = new URLSearchParams({ token: server.token, case: artifact.kind, runtime, task });
  const browser = spawn(
    executable,
    // It ends when the pipe does: also where this process is killed.
    [
      ...CHROMIUM_ARGS,
      "--remote-debugging-pipe",
      `--user-data-dir=${profile}`,
      `${server.address}/#${asked}`,
    ],
    { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
  );
  for (const pipe of browser.stdio) pipe?.on("error", () => undefined);
  const expected = server.expectCase(() => rendererMemory(browser.pid ?? 0));
  let timer: NodeJS.Timeout | undefined;
  let stop: (() => void) | undefined;
  const ended = new Promise<never>((_, reject) => {
    browser.once("error", reject);
    browser.once("close", (code) => reject(new Error(`the browser ended with ${code}`)));
    timer = setTimeout(() => reject(new Error(`no report within ${timeoutMs / 1000} s`)), timeoutMs);
    stop = () => reject(new Error("stopped"));
    signal?.addEventListener("abort", stop, { once: true });
    if (signal?.aborted === true) stop();
  });
  ended.catch(() => {});
  try {
    return await Promise.race([pick(expected), ended]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop!);
    expected.cancel();
    await end(browser);
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * Runs a case in a browser that is started for it alone; one that dies or hangs is a case that failed.
 *
 * @param executable path of a Chromium
 */
export async function runInBrowser(
  executable: string,
  server: BenchmarkServer,
  lone: LoneCase,
): Promise<CaseReport> {
  const name = `${lone.runtime} in Chromium`;
  try {
    const { cases } = await handedIn(executable, server, lone, { task: "run", pick: ({ report }) => report });
    return { ...cases[0]!, runtime: name };
  } catch (error) {
    return failedCase(lone.artifact, name, messageOf(error), { fresh: true });
  }
}

/** Loads a case in a browser that is started for it alone; undefined where that came to nothing. */
export async function loadInBrowser(
  executable: string,
  server: BenchmarkServer,
  lone: LoneCase,
): Promise<CaseLoad | undefined> {
  return handedIn(executable, server, lone, { task: "load", pick: ({ load }) => load }).catch(
    () => undefined,
  );
}
