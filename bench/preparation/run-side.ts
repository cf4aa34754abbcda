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

/** What is to be done. */
export interface SideJob {
  readonly name: string;
  readonly folder: string;
  readonly rows: number;
}

/** The job of loaded columns, then each other way from files to the result, all in processes of their own. */
export async function runSide(
  side: PreparationSide,
  job: SideJob,
  ways: readonly string[],
  programs: SidePrograms,
): Promise<TimedRun> {
  const run = await runProcess(side, job, undefined, programs);
  const others: Omit<TimedRun, "others">[] = [];
  for (const way of ways) others.push(await runProcess(side, job, way, programs));
  return {
    ...run,
    whole: Math.min(run.whole, ...others.map(({ whole }) => whole)),
    peak: Math.min(run.peak, ...others.map(({ peak }) => peak)),
    others: others.map(({ digest }) => digest),
  };
}

/** One process. Rejects with what it wrote to its standard error. */
async function runProcess(
  side: PreparationSide,
  job: SideJob,
  way: string | undefined,
  programs: SidePrograms,
): Promise<Omit<TimedRun, "others">> {
  const own = side === "ours";
  const script = own ? programs.own : join(import.meta.dirname, "peer.py");
  const from = performance.now();
  const child = spawn(
    own ? process.execPath : programs.python,
    [script, job.name, side, job.folder, String(job.rows), ...(way === undefined ? [] : [way])],
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
