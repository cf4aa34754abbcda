import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { SourceFile } from "@tideline/graph";

/** Whether gcc is there. */
export const hasGcc = spawnSync("gcc", ["--version"], { stdio: "ignore" }).status === 0;

/** Compiles the C of a graph with its test and runs it: the lines that it printed, the count of what differs last. */
export function runC(
  files: readonly SourceFile[],
  folder: string,
  more: readonly string[] = [],
): readonly string[] {
  write(files, folder);
  const sources = files.flatMap(({ path }) => (path.endsWith(".c") ? [path] : []));
  const flags = ["-std=c11", "-O0", "-Wall", "-Wextra", "-Werror", "-ffp-contract=off", ...more];
  execFileSync("gcc", [...flags, ...sources, "-lm", "-o", "check"], { cwd: folder, stdio: "pipe" });
  return spawnSync(join(folder, "check"), { encoding: "utf8" }).stdout.trim().split("\n");
}

/** Runs the TypeScript of a graph with its check: what differs. */
export async function runTypeScript(
  files: readonly SourceFile[],
  folder: string,
  title: string,
): Promise<readonly string[]> {
  write(files, folder);
  const check = files.find(({ path }) => path.endsWith("-check.ts"))!;
  const made = (await import(pathToFileURL(join(folder, check.path)).href)) as Record<
    string,
    () => readonly string[]
  >;
  return made[`check${title}`]!();
}

/** Puts files into a folder. */
export function write(files: readonly SourceFile[], folder: string): void {
  for (const { path, text } of files) writeFileSync(join(folder, path), text);
}
