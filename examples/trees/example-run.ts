import type { Split } from "@tideline/learn";
import { rowsAt, type LabelledColumns } from "./labelled-column.ts";

/** One training and what it is judged by. */
export interface ExampleRun {
  /** "seed-1", "fold-3" */
  readonly name: string;
  readonly seed: number;
  readonly train: LabelledColumns;
  readonly test: LabelledColumns;
}

/** A run for each fold, all with seed 1: `<name>-1`, `<name>-2`, ... */
export function foldRuns(name: string, all: LabelledColumns, folds: readonly Split[]): readonly ExampleRun[] {
  return folds.map(({ train, test }, fold) => ({
    name: `${name}-${fold + 1}`,
    seed: 1,
    train: rowsAt(all, train),
    test: rowsAt(all, test),
  }));
}

/** A run for each seed on the same parts. */
export function seedRuns(
  train: LabelledColumns,
  test: LabelledColumns,
  seeds: number,
): readonly ExampleRun[] {
  return Array.from({ length: seeds }, (_, at) => ({ name: `seed-${at + 1}`, seed: at + 1, train, test }));
}
