import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { PreparationSide } from "./case.ts";
import type { SideRun, TimedRun } from "./message.ts";

/** What runs the sides. */
export interface SidePrograms {
  /** Our side's script, for this Node. */
  readonly own: string;
  readonly python: string;
}

/** One job in a process of its own. Rejects with what the process wrote to its standard error. */
export async function runSide(
  side: PreparationSide,
  job: { readonly name: string; readonly folder: string; readonly rows: number },
  programs: SidePrograms,
): Promise<TimedRun> {
  const own = side === "ours";
  const script = own ? programs.own : join(import.meta.dirname, "peer.py");
  const from = performance.now();
  const child = spawn(
    own ? process.execPath : programs.python,
    [script, job.name, side, job.folder, String(job.rows)],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  const status = new Promise<number | null>((resolve, reject) => {
    child.once("exit", resolve);
    child.once("error", reject);
  });
  const [code, out, complaint] = await Promise.all([status, text(child.stdout), text(child.stderr)]);
  const whole = (performance.now() - from) / 1000;
  if (code !== 0) throw new Error(`${job.name}, ${side}: ended with ${code}: ${complaint.slice(-3000)}`);
  return { ...(JSON.parse(out.trimEnd().split("\n").at(-1)!) as SideRun), whole };
}
