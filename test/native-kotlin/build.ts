import { execFile, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

const root = join(import.meta.dirname, "../..");
const home = join(root, "native/kotlin");

/** Whether Maven and a JVM are there. */
export const hasMaven = ["mvn", "java"].every(
  (name) => spawnSync(name, ["-version"], { stdio: "ignore" }).status === 0,
);

/** Whether the tests that need Maven must run. */
export const isRequired = (process.env["TIDELINE_REQUIRE"] ?? "").split(",").includes("maven");

/** What Maven printed, and whether it ended well. */
export interface MavenEnd {
  readonly ok: boolean;
  readonly output: string;
}

async function maven(goals: readonly string[]): Promise<MavenEnd> {
  try {
    const { stdout, stderr } = await promisify(execFile)("mvn", ["-B", ...goals], {
      cwd: home,
      maxBuffer: 1 << 26,
    });
    return { ok: true, output: stdout + stderr };
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    return { ok: false, output: stdout + stderr };
  }
}

/**
 * The compiler takes test classes for new whose own sources did not change, though the core's did: they go, once the
 * core's sources are others than at the last time.
 */
function dropStaleTests(): void {
  const target = join(home, "target");
  const stamp = join(target, "main.sha256");
  const hash = createHash("sha256");
  for (const file of globSync("src/main/**/*.kt", { cwd: home }).sort())
    hash.update(file).update(readFileSync(join(home, file)));
  const now = hash.digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === now) return;
  for (const stale of ["test-classes", "kotlin-ic/test"])
    rmSync(join(target, stale), { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  writeFileSync(stamp, now);
}

/**
 * Compiles the core and runs its own tests. Takes what Maven's local repository holds; only where something is missing
 * there it asks the registry.
 */
export async function runMaven(...goals: readonly string[]): Promise<MavenEnd> {
  dropStaleTests();
  const offline = await maven(["-o", ...goals]);
  const isMissing = /offline mode|has not been downloaded|Could not (find|resolve)/.test(offline.output);
  return offline.ok || !isMissing ? offline : maven(goals);
}

/** What the programs of the tests run on: the compiled classes and the Kotlin library. */
function classPath(): string {
  const target = join(home, "target");
  const library = readdirSync(join(target, "lib")).map((name) => join(target, "lib", name));
  return [join(target, "classes"), join(target, "test-classes"), ...library].join(":");
}

/** How a program ended, and the lines that it printed. */
export interface ProgramEnd {
  readonly status: number | null;
  readonly signal: string | null;
  readonly lines: readonly string[];
  readonly errors: string;
}

/** JVM options of short-lived programs. */
const SHORT = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto", "-Xmx256m"];

/**
 * Runs a program of `native/kotlin/src/test/kotlin/dev/tideline/program`. With `killAt` it is killed by SIGKILL when it
 * prints a line that holds that text, with `killAfterMs` after that time.
 */
export function runProgram(
  name: string,
  args: readonly string[],
  { killAt, killAfterMs }: { readonly killAt?: string; readonly killAfterMs?: number } = {},
): Promise<ProgramEnd> {
  const child = spawn("java", [...SHORT, "-cp", classPath(), `dev.tideline.program.${name}Kt`, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  let errors = "";
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line);
    if (killAt !== undefined && line.includes(killAt)) child.kill("SIGKILL");
  });
  child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status, signal) => {
      clearTimeout(timer);
      resolve({ status, signal, lines, errors });
    });
  });
}
