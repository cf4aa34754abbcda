import { heldOutRows, type TreeCase } from "./case.ts";
import { removeTreeFiles, writeTreeFiles } from "./data-file.ts";
import { generatedColumns } from "./generate.ts";
import type { SideName } from "./message.ts";
import { comparison, type Comparison } from "./result.ts";
import { runSide, type SideRun } from "./side.ts";

/** How cases are compared. */
export interface CompareOptions {
  readonly python: string;
  readonly threads: number;
  /** One seed each, of rows and of training. */
  readonly repeats: number;
  readonly peers: readonly SideName[];
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
  readonly growth: number;
  readonly rows: number;
  readonly columns: number;
  readonly rounds: number;
  readonly leaves: number;
  readonly threads: number;
}

/**
 * Trains a case by our side and by its peers, once for each seed, a process for each training and one at a time. Who
 * goes first alternates.
 */
export async function compareCase(given: TreeCase, options: CompareOptions): Promise<readonly TreeResult[]> {
  const { threads, repeats, peers, growth, folder, progress } = options;
  const rows = given.rows * growth;
  const runs = new Map<SideName, SideRun[]>();
  for (const side of ["ours", ...peers] as const) runs.set(side, []);
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
    const sides = [...runs.keys()];
    for (const side of seed % 2 === 1 ? sides : sides.toReversed()) {
      progress?.(`${given.name} x${growth}, seed ${seed}: ${side}`);
      const { family, task, classes, setting } = given;
      const run = await runSide(side, { family, task, classes, files, setting, seed, threads }, options);
      runs.get(side)!.push(run);
    }
    removeTreeFiles(files);
  }
  return peers.map((peer) => ({
    case: given.name,
    growth,
    rows,
    columns: given.columns,
    rounds: given.setting.rounds,
    leaves: given.setting.leaves,
    threads,
    ...comparison(runs.get("ours")!, runs.get(peer)!),
  }));
}
