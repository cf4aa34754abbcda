import { execFile, spawnSync } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { SourceFile } from "@tideline/graph";
import { write } from "./run-source.ts";

const run = promisify(execFile);
const wordsOf = (name: string, otherwise: string): readonly string[] =>
  (process.env[name] ?? otherwise).split(" ").filter((word) => word !== "");

/** The compiler, a command that may have arguments; `SWIFT_RUN` is what its programs are started with, such as a container. */
const [compiler = "swiftc", ...given] = wordsOf("SWIFTC", "swiftc");
const surroundings = wordsOf("SWIFT_RUN", "");

/** Whether a compiler of Swift is there. */
export const hasSwift = spawnSync(compiler, [...given, "--version"], { stdio: "ignore" }).status === 0;

/** Whether the tests that need one must run. */
export const needsSwift = (process.env["TIDELINE_REQUIRE"] ?? "").split(",").includes("swift");

/** Compiles Swift without a warning, as Swift 6 has it, runs its `main.swift`, and gives the lines that it printed. */
export async function runSwift(
  files: readonly SourceFile[],
  folder: string,
  level = "-Onone",
): Promise<readonly string[]> {
  write(files, folder);
  const program = join(folder, "check");
  const flags = ["-swift-version", "6", "-warnings-as-errors", level, "-module-name", "Check", "-o", program];
  const sources = files.map(({ path }) => join(folder, path));
  await run(compiler, [...given, ...flags, ...sources], { maxBuffer: 1 << 26 });
  const [first = program, ...rest] = [...surroundings, program];
  const { stdout } = await run(first, rest, { maxBuffer: 1 << 26 });
  return stdout.trim().split("\n");
}
