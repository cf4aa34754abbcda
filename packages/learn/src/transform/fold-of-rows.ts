import { tidelineError } from "@tideline/spec/error";
import type { Groups } from "../group.ts";
import { groupFolds, type Split } from "../split.ts";
import { stratifiedFolds } from "../stratified-fold.ts";
import type { Labels } from "./transform-def.ts";

/** How training rows are parted for what learns from labels. */
export interface FoldOptions {
  /** The person or session of each row: rows of one are never on both sides. */
  readonly groups?: Groups;
  /** How many, or which rows are in which. Default 5. */
  readonly folds?: number | readonly Split[];
  /** Default 0. */
  readonly seed?: number;
}

const WHO = "chain.fit";

/**
 * The fold of each row: classes spread evenly where each has as many groups as there are folds.
 *
 * @throws ARGUMENT_INVALID for folds that do not hold each row once; NOT_ENOUGH_DATA for fewer rows or groups than folds.
 */
export function foldOfRows(rows: number, labels: Labels, options: FoldOptions): Int32Array {
  const { groups, folds = 5, seed = 0 } = options;
  if (groups !== undefined && groups.length !== rows)
    throw wrong("groups", `${rows} groups, one for each row`, String(groups.length));
  const splits = typeof folds === "number" ? dealt(rows, labels, folds, groups, seed) : folds;
  const out = new Int32Array(rows).fill(-1);
  for (const [fold, { test }] of splits.entries())
    for (const row of test) {
      if (!(row >= 0 && row < rows) || out[row] !== -1)
        throw wrong(
          "folds",
          "each row in one test side",
          `row ${row} ${row < rows ? "in two" : "out of range"}`,
        );
      out[row] = fold;
    }
  const left = out.indexOf(-1);
  if (left >= 0) throw wrong("folds", "each row in one test side", `row ${left} in none`);
  return out;
}

function dealt(
  rows: number,
  labels: Labels,
  folds: number,
  groups: Groups | undefined,
  seed: number,
): readonly Split[] {
  if (!Number.isSafeInteger(folds) || folds < 2)
    throw wrong("folds", "an integer of at least 2", String(folds));
  const own = groups ?? Int32Array.from({ length: rows }, (_, row) => row);
  if (labels.kind === "values") return groupFolds(own, folds, seed);
  const inClass = labels.classes.map(() => new Set<string | number>());
  for (let row = 0; row < rows; row++) inClass[labels.y[row]!]?.add(own[row]!);
  const rare = inClass.some(({ size }) => size > 0 && size < folds);
  if (rare) return groupFolds(own, folds, seed);
  return stratifiedFolds(labels.y, folds, { ...(groups === undefined ? {} : { groups }), seed });
}

function wrong(field: string, expected: string, received: string) {
  return tidelineError("ARGUMENT_INVALID", { who: WHO, field, expected, received });
}
