import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchmarkArtifact, CaseReport } from "@tideline/spec/benchmark";
import { messageOf } from "@tideline/spec";
import { CHROMIUM_ARGS } from "./chromium-path.ts";
import { failedCase } from "@tideline/spec/benchmark";
import { rendererMemory } from "./machine.ts";
import type { BenchmarkServer } from "./server.ts";

/** Runtimes of the page (`browser/page-runtime.ts`) with the formats that they take. */
export const PAGE_RUNTIMES: Readonly<Record<string, readonly string[]>> = Object.freeze({
  "onnxruntime-web": ["onnx", "ort"],
  litert: ["tflite"],
  predict: ["table"],
});

/** Ends a browser; the processes that it started end when it is gone. */
async function end(browser: ChildProcess): Promise<void> {
  if (browser.pid === undefined || browser.exitCode !== null) return;
  const gone = new Promise<void>((resolve) => browser.once("close", () => resolve()));
  browser.kill("SIGKILL");
  await gone;
}

/**
 * Runs a case in a browser that is started for it alone, on the page that the server serves.
 *
 * @param executable path of a Chromium
 */
export async function runInBrowser(
  executable: string,
  server: BenchmarkServer,
  { artifact, runtime, timeoutMs }: { artifact: BenchmarkArtifact; runtime: string; timeoutMs: number },
): Promise<{ readonly report: CaseReport; readonly browser: string }> {
  const name = `${runtime} in Chromium`;
  const profile = await mkdtemp(join(tmpdir(), "tideline-browser-"));
  const asked = new URLSearchParams({ token: server.token, case: artifact.kind, runtime });
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
  const died = new Promise<never>((_, reject) => {
    browser.once("error", reject);
    browser.once("close", (code) => reject(new Error(`the browser ended with ${code}`)));
  });
  const { report, cancel } = server.expectCase(() => rendererMemory(browser.pid ?? 0));
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no report within ${timeoutMs / 1000} s`)), timeoutMs);
  });
  died.catch(() => {});
  late.catch(() => {});
  try {
    const { cases, device } = await Promise.race([report, died, late]);
    return { report: { ...cases[0]!, runtime: name }, browser: device.name };
  } catch (error) {
    return { report: failedCase(artifact, name, messageOf(error), { fresh: true }), browser: "" };
  } finally {
    clearTimeout(timer);
    cancel();
    await end(browser);
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
