import { seededRandom, shuffled, type Split } from "@tideline/learn";
import { tidelineError } from "@tideline/spec";

/**
 * k folds with about as many rows of each class in each; rows of one key stay together. Keys are dealt in a seeded order,
 * each to the fold with fewest rows of the class of its first row.
 *
 * @param keys one a row.
 * @param y classes as positions from 0.
 * @throws ARGUMENT_INVALID for a k below 2 or above the number of keys of some class.
 */
export function stratifiedFolds(
  keys: readonly string[],
  y: Int32Array,
  k: number,
  seed: number,
): readonly Split[] {
  const rowsOf = new Map<string, number[]>();
  for (const [row, key] of keys.entries()) {
    const own = rowsOf.get(key);
    if (own === undefined) rowsOf.set(key, [row]);
    else own.push(row);
  }
  const byClass = Map.groupBy(rowsOf.values(), (rows) => y[rows[0]!]!);
  const fold = new Int32Array(y.length);
  const random = seededRandom(seed);
  for (const [label, groups] of [...byClass].toSorted(([a], [b]) => a - b)) {
    if (!Number.isInteger(k) || k < 2 || k > groups.length)
      throw tidelineError("ARGUMENT_INVALID", {
        who: "stratifiedFolds",
        field: "k",
        expected: `an integer of 2 to ${groups.length}, the rows of class ${label} that differ`,
        received: String(k),
      });
    const load = new Int32Array(k);
    for (const rows of shuffled(random, groups)) {
      const lightest = load.indexOf(Math.min(...load));
      load[lightest]! += rows.length;
      for (const row of rows) fold[row] = lightest;
    }
  }
  const rows = Int32Array.from(y, (_, row) => row);
  return Array.from({ length: k }, (_, held) => ({
    train: rows.filter((row) => fold[row] !== held),
    test: rows.filter((row) => fold[row] === held),
  }));
}
