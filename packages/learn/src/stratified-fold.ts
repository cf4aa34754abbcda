import { tidelineError } from "@tideline/spec/error";
import { indexGroups, type Groups } from "./group.ts";
import { seededRandom, shuffled } from "./random.ts";
import type { Split } from "./split.ts";

/** How {@link stratifiedFolds} deals rows. */
export interface StratifiedFoldOptions {
  /** The group of each row; rows of one group stay in one fold. Default: each row is a group of its own. */
  readonly groups?: Groups;
  readonly seed?: number;
}

/**
 * k folds for cross-validation with about as many rows of each class in each: each row is in exactly one `test`, and no
 * group is on both sides of a fold. The groups of a class are dealt in a seeded order, each to the fold with fewest rows of
 * that class; a group of several classes counts as one of its first row's.
 *
 * The seeded order starts from the order of rows: give them in one that does not change.
 *
 * @param y the class of each row.
 * @throws ARGUMENT_INVALID when k is not an integer of at least 2, or for groups of another length than `y`;
 *   NOT_ENOUGH_DATA without rows, and for a class with fewer than k groups.
 * @example
 * const folds = stratifiedFolds(y, 5, { groups: people, seed: 1 });
 * for (const { train, test } of folds) console.log(train.length, test.length);
 */
export function stratifiedFolds(
  y: Groups,
  k: number,
  { groups, seed = 0 }: StratifiedFoldOptions = {},
): readonly Split[] {
  checkFolds(y.length, k, groups);
  const { keys: labels, index: label } = indexGroups(y);
  const byClass = Map.groupBy(rowsOfGroups(y.length, groups), (rows) => label[rows[0]!]!);
  const fold = new Int32Array(y.length);
  const random = seededRandom(seed);
  for (const [at, name] of labels.entries()) {
    const own = byClass.get(at) ?? [];
    // A class without a group of its own stands within groups of others.
    if (own.length > 0 && own.length < k)
      throw notEnough(`at least ${k} groups of class ${name}`, String(own.length));
    const load = new Int32Array(k);
    for (const rows of shuffled(random, own)) {
      const lightest = load.indexOf(Math.min(...load));
      load[lightest]! += rows.length;
      for (const row of rows) fold[row] = lightest;
    }
  }
  const rows = fold.map((_, row) => row);
  return Object.freeze(
    Array.from({ length: k }, (_, held) =>
      Object.freeze<Split>({
        train: rows.filter((row) => fold[row] !== held),
        test: rows.filter((row) => fold[row] === held),
      }),
    ),
  );
}

/** The rows of each group, both in the order of rows. */
function rowsOfGroups(rows: number, groups: Groups | undefined): readonly (readonly number[])[] {
  const found = new Map<string | number, number[]>();
  for (let row = 0; row < rows; row++) {
    const key = groups?.[row] ?? row;
    const own = found.get(key);
    if (own === undefined) found.set(key, [row]);
    else own.push(row);
  }
  return [...found.values()];
}

function checkFolds(rows: number, k: number, groups: Groups | undefined): void {
  const invalid = (field: string, expected: string, received: number) =>
    tidelineError("ARGUMENT_INVALID", {
      who: "stratifiedFolds",
      field,
      expected,
      received: String(received),
    });
  if (!Number.isInteger(k) || k < 2) throw invalid("k", "an integer of at least 2", k);
  if (groups !== undefined && groups.length !== rows)
    throw invalid("groups", `${rows}, one for each row`, groups.length);
  if (rows === 0) throw notEnough("at least one row", "none");
}

function notEnough(expected: string, received: string): Error {
  return tidelineError("NOT_ENOUGH_DATA", { who: "stratifiedFolds", field: "y", expected, received });
}
