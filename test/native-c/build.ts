import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";

const home = new URL("../../native/c", import.meta.url).pathname;

/** Whether gcc and make are there. */
export const hasCompiler = ["gcc", "make"].every(
  (name) => spawnSync(name, ["--version"], { stdio: "ignore" }).status === 0,
);

/** Whether the tests that need a compiler must run. */
export const isRequired = (process.env["TIDELINE_REQUIRE"] ?? "").split(",").includes("gcc");

/** What a program of the core printed, and how it ended. */
export interface ProgramEnd {
  readonly status: number | null;
  readonly signal: string | null;
  readonly lines: readonly string[];
  readonly errors: string;
}

/** The test programs of `native/c/test`, and the targets of `native/c/fuzz` over given files. */
export type Program = "client" | "vector" | "replay-table" | "replay-answer" | "replay-journal";

/** With sanitizers whose every finding ends the program. */
const FLAGS = "-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all";

/** Milliseconds that a build may take on a busy machine; one that takes longer was given up. */
export const BUILD_MS = 240_000;

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/** Name of the folder of these sources under these flags. */
function buildName(): string {
  const hash = createHash("sha256").update(FLAGS);
  for (const file of globSync("{Makefile,include/*,src/*,test/*,fuzz/*.c}", { cwd: home }).sort())
    hash.update(file).update(readFileSync(join(home, file)));
  return hash.digest("hex").slice(0, 16);
}

/**
 * Folder with the test programs, built with sanitizers by `native/c/Makefile`, warnings being errors. Kept by the hash of the
 * sources, since a build takes some seconds; of several test processes one builds and the others wait.
 */
export async function buildPrograms(): Promise<string> {
  const cache = join(tmpdir(), "tideline-native-c");
  const folder = join(cache, buildName());
  const lock = `${folder}.lock`;
  await mkdir(cache, { recursive: true });
  for (const until = Date.now() + BUILD_MS; !(await exists(folder)); await setTimeout(100)) {
    const isOwner = await mkdir(lock).then(
      () => true,
      () => false,
    );
    if (!isOwner && Date.now() < until) continue;
    const fresh = await mkdtemp(join(cache, "build-"));
    try {
      const args = ["-C", home, "-s", "-j2", `OUT=${fresh}`, "CC=gcc", `CFLAGS=${FLAGS}`];
      await promisify(execFile)("make", [...args, "test-programs", "replay"]);
      await rename(fresh, folder).catch(() => undefined);
    } finally {
      await rm(fresh, { recursive: true, force: true });
      await rm(lock, { recursive: true, force: true });
    }
  }
  return folder;
}

/** Runs a program to its end; `env` is all of its environment. */
export function runProgram(
  folder: string,
  program: Program,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    const options = { env: { ...env }, maxBuffer: 1 << 28 };
    const child = execFile(join(folder, program), args, options, (_error, stdout, stderr) => {
      const lines = stdout.split("\n").slice(0, -1);
      resolve({ status: child.exitCode, signal: child.signalCode, lines, errors: stderr });
    });
  });
}
