import { spawnSync } from "node:child_process";

/** Options of {@link run}. */
export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Runs a program and returns what it printed. Throws with the end of all that it printed where it fails.
 *
 * @example run("npm", ["ci"], { cwd: project });
 */
export function run(program: string, options: readonly string[], { cwd, env }: RunOptions): string {
  const { status, stdout, stderr, error } = spawnSync(program, options, {
    cwd,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    env: { ...process.env, ...env },
  });
  if (error !== undefined) throw error;
  if (status === 0) return stdout;
  const printed = `${stdout}\n${stderr}`.trim().split("\n").slice(-30).join("\n");
  throw new Error(`${program} ${options.slice(0, 3).join(" ")} ended with ${status}:\n${printed}`);
}
