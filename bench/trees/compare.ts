import { heldOutRows, type TreeCase } from "./case.ts";
import { removeTreeFiles, writeTreeFiles } from "./data-file.ts";
import { generatedColumns } from "./generate.ts";
import type { SideName, TreeStart } from "./message.ts";
import { comparison, type Comparison } from "./result.ts";
import { runSide, type SideRun } from "./side.ts";

/** How cases are compared. */
export interface CompareOptions {
  readonly python: string;
  readonly threads: number;
  /** One seed each, of rows and of training. */
  readonly repeats: number;
  readonly peers: readonly SideName[];
  /** Where trainings begin. */
  readonly from: readonly TreeStart[];
  /** Rows of the case, times this. */
  readonly growth: number;
  /** A folder for columns and predictions. */
  readonly folder: string;
  /** Called before each training. */
  readonly progress?: (words: string) => void;
}

/** One case against one peer. */
export interface TreeResult extends Comparison {
  readonly case: string;
  /** Where the trainings began: times and memory are of that. */
  readonly from: TreeStart;
  readonly growth: number;
  readonly rows: number;
  readonly columns: number;
  readonly rounds: number;
  readonly leaves: number;
  readonly threads: number;
}

/** Peers that are a way to read files, and nothing else where columns are in memory. */
const FILES_ONLY: readonly SideName[] = ["lightgbm-sequence"];

/**
 * Trains a case by our side and by its peers, once for each seed and beginning, a process for each training and one at a
 * time. Who goes first alternates.
 */
export async function compareCase(given: TreeCase, options: CompareOptions): Promise<readonly TreeResult[]> {
  const { threads, repeats, peers, from, growth, folder, progress } = options;
  const rows = given.rows * growth;
  const turns = from.flatMap((start) =>
    (["ours", ...peers] as const)
      .filter((side) => start === "files" || !FILES_ONLY.includes(side))
      .map((side) => ({ start, side, runs: [] as SideRun[] })),
  );
  for (let seed = 1; seed <= repeats; seed++) {
    const counts = { train: rows, held: heldOutRows(rows), columns: given.columns };
    const files = writeTreeFiles(
      folder,
      given.name,
      counts,
      given.categories.map((_, at) => at),
      (write) => {
        const made = generatedColumns(given, counts.train + counts.held, seed);
        made.each(write);
        return made.target();
      },
    );
    for (const { start, side, runs } of seed % 2 === 1 ? turns : turns.toReversed()) {
      progress?.(`${given.name} x${growth}, seed ${seed}, from ${start}: ${side}`);
      const { family, task, classes, setting } = given;
      const job = { family, task, classes, files, from: start, setting, seed, threads };
      runs.push(await runSide(side, job, options));
    }
    removeTreeFiles(files);
  }
  const ours = new Map(turns.filter(({ side }) => side === "ours").map(({ start, runs }) => [start, runs]));
  return turns
    .filter(({ side }) => side !== "ours")
    .map(({ start, runs }) => ({
      case: given.name,
      from: start,
      growth,
      rows,
      columns: given.columns,
      rounds: given.setting.rounds,
      leaves: given.setting.leaves,
      threads,
      ...comparison(ours.get(start)!, runs),
    }));
}
