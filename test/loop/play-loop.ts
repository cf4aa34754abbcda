import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { LoopReport } from "@tideline/spec";
import { expect } from "vitest";

const root = join(import.meta.dirname, "../..");

/** Runs a script of the project to its end. */
export async function runScript(
  args: readonly string[],
): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: await ended, stdout, stderr };
}

/** Plays the loop on a simulated fleet, in a folder below `folder`, and gives its report. */
export async function playLoop(folder: string, ...flags: readonly string[]): Promise<LoopReport> {
  const main = join(root, "packages/cli/src/main.ts");
  const args = [main, "start", "--exit", "--json", "--port", "0", "--folder", join(folder, "loop"), ...flags];
  const { status, stdout, stderr } = await runScript(args);
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as LoopReport;
}
