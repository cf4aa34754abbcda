import { execFile } from "node:child_process";
import { join } from "node:path";
import { ERROR_CODES, type ErrorCode } from "@tideline/spec";
import { expect } from "vitest";

const MAIN = join(import.meta.dirname, "..", "..", "packages", "cli", "src", "main.ts");

/** How a command ended. */
export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real command line in a process of its own. */
export function runCli(args: readonly string[], cwd: string): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const options = { cwd, timeout: 50_000, env: { ...process.env, TZ: "UTC", NO_COLOR: "1" } };
    execFile(process.execPath, [MAIN, ...args], options, (error, stdout, stderr) => {
      const status = error === null ? 0 : error.code;
      if (typeof status === "number") resolve({ status, stdout, stderr });
      else reject(error as Error);
    });
  });
}

/** The last line of standard output, as JSON. */
export function lastJson({ stdout }: Ended): Record<string, unknown> {
  return JSON.parse(stdout.trimEnd().split("\n").at(-1)!) as Record<string, unknown>;
}

/** Expects one sentence with its code on standard error, and the exit status that the table gives the code. */
export function expectError({ status, stderr }: Ended, code: ErrorCode, sentence: RegExp): void {
  expect(stderr).toMatch(sentence);
  const last = stderr.trimEnd().split("\n").at(-1)!;
  expect(last.endsWith(`[${code}]`), stderr).toBe(true);
  expect(stderr).not.toMatch(/^ {4}at /m);
  expect(status).toBe(ERROR_CODES[code].exit);
}
