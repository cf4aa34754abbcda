import { execFile } from "node:child_process";
import { globSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { SourceFile } from "@tideline/graph";
import { runMaven } from "../native-kotlin/build.ts";
import { write } from "./run-source.ts";

const run = promisify(execFile);

/** The jars of the compiler and its library, as Maven fetched them for the Kotlin core. */
function jars(...patterns: readonly string[]): string {
  const home = join(homedir(), ".m2/repository/org/jetbrains");
  return patterns
    .flatMap((pattern) => globSync(pattern, { cwd: home }).map((path) => join(home, path)))
    .join(":");
}

/** Compiles Kotlin with nothing but the standard library, runs a main class, and gives what it printed. */
export async function runKotlin(files: readonly SourceFile[], folder: string, main: string): Promise<string> {
  const built = await runMaven("-q", "process-test-classes");
  if (!built.ok) throw new Error(built.output.slice(-4000));
  write(files, folder);
  const compiler = jars(
    "kotlin/kotlin-{compiler-embeddable,stdlib,script-runtime,reflect,daemon-embeddable}/*/*.jar",
    "annotations/13.0/*.jar",
    "kotlinx/kotlinx-coroutines-core-jvm/*/*.jar",
  );
  const library = join(import.meta.dirname, "../../native/kotlin/target/lib/*");
  const standard = globSync(`${library}.jar`).join(":");
  const options = ["-no-stdlib", "-no-reflect", "-cp", standard, "-d", join(folder, "out")];
  const sources = files.map(({ path }) => join(folder, path));
  const program = ["-Xmx900m", "-cp", compiler, "org.jetbrains.kotlin.cli.jvm.K2JVMCompiler"];
  await run("java", [...program, ...options, ...sources], { maxBuffer: 1 << 26 });
  const { stdout } = await run("java", ["-cp", `${join(folder, "out")}:${standard}`, main]);
  return stdout;
}
