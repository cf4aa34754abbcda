import { join } from "node:path";
import { startChild } from "../side/child.ts";
import type { TreeSetting, TreeTask } from "./case.ts";
import { readNumbers, type TreeFiles } from "./data-file.ts";
import type { SideCall, SideName, SideReply, TreeStart } from "./message.ts";
import { qualityOf, type Quality } from "./quality.ts";

/** A model to be trained by a side. */
export interface SideJob {
  readonly family: "boost" | "forest";
  readonly task: TreeTask;
  readonly classes: number;
  readonly files: TreeFiles;
  readonly from: TreeStart;
  readonly setting: TreeSetting;
  readonly seed: number;
  readonly threads: number;
}

/** What a side did with it. Memory is resident, in bytes. */
export interface SideRun {
  readonly version: string;
  readonly seconds: number;
  readonly cpu: number;
  readonly imported: number;
  readonly peak: number;
  readonly quality: readonly Quality[];
  /** Of the held-out rows. */
  readonly predicted: Float64Array;
}

/** Trains one model in a process of its own and judges it by the held-out rows. @throws Error when the process dies. */
export async function runSide(
  side: SideName,
  job: SideJob,
  { python, folder }: { readonly python: string; readonly folder: string },
): Promise<SideRun> {
  const { family, task, classes, files, from, setting, seed, threads } = job;
  const [command, program] = side === "ours" ? [process.execPath, "own.js"] : [python, "peer.py"];
  const child = startChild<SideCall, SideReply>(command, [join(import.meta.dirname, program)], {
    OMP_NUM_THREADS: String(threads),
  });
  try {
    const opened = await child.ask({ do: "open", side, family, task, classes, files, from, threads });
    const trained = await child.ask({ do: "train", setting, seed });
    const out = join(folder, "predicted.f64");
    await child.ask({ do: "predict", out });
    const y = readNumbers(files.held.y, files.held.rows);
    const predicted = readNumbers(out, y.length * (task === "multiclass" ? classes : 1));
    return {
      version: opened.version,
      seconds: trained.seconds,
      cpu: trained.cpu,
      imported: opened.imported,
      // What loading took for a moment is forgotten; what it left is not.
      peak: Math.max(trained.peak, opened.loaded),
      quality: qualityOf(task, classes, y, predicted),
      predicted,
    };
  } finally {
    await child.end();
  }
}
