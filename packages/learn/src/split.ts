import { tidelineError } from "@tideline/spec/error";
import type { Groups } from "./group.ts";
import { indexGroups } from "./group.ts";
import { seededRandom, shuffled } from "./random.ts";

/** Two disjoint lists of row numbers, each ascending, that together name every row. */
export interface Split {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/** What {@link splitByGroup} takes. */
export interface SplitOptions {
  /** Fraction of the groups (not of the rows) that is held out, between 0 and 1. Default 0.3. */
  readonly test?: number;
  readonly seed?: number;
}

/**
 * Holds out whole groups: no person is on both sides. At least one group stays on each side.
 * The result depends on the set of groups and the seed, not on the order of the rows.
 *
 * @throws NOT_ENOUGH_DATA with fewer than two groups; ARGUMENT_INVALID for an illegal fraction.
 * @example
 * const { train, test } = splitByGroup(people, { test: 0.3, seed: 1 });
 */
export function splitByGroup(groups: Groups, options: SplitOptions = {}): Split {
  const { test = 0.3, seed = 0 } = options;
  if (!(test > 0 && test < 1)) {
    throw tidelineError("ARGUMENT_INVALID", {
      who: "splitByGroup",
      field: "test",
      expected: "a fraction between 0 and 1",
      received: String(test),
    });
  }
  const { keys, index } = indexGroups(groups);
  needGroups("splitByGroup", keys.length, 2);
  const count = Math.min(keys.length - 1, Math.max(1, Math.round(test * keys.length)));
  const order = shuffled(seededRandom(seed), [...keys.keys()]);
  const held = new Uint8Array(keys.length);
  for (const group of order.slice(0, count)) held[group] = 1;
  return partition(index, (group) => held[group] === 1);
}

/**
 * k folds of whole groups, for cross-validation: each row is in exactly one `test`, and no group is on both sides
 * of a fold. Groups go, largest first, to the fold that has fewest rows (as scikit-learn's GroupKFold); the seed
 * orders groups of equal size.
 *
 * @throws ARGUMENT_INVALID when k is not an integer of at least 2; NOT_ENOUGH_DATA with fewer than k groups.
 */
export function groupFolds(groups: Groups, k: number, seed = 0): readonly Split[] {
  if (!Number.isInteger(k) || k < 2) {
    throw tidelineError("ARGUMENT_INVALID", {
      who: "groupFolds",
      field: "k",
      expected: "an integer of at least 2",
      received: String(k),
    });
  }
  const { keys, index } = indexGroups(groups);
  needGroups("groupFolds", keys.length, k);
  const sizes = new Int32Array(keys.length);
  for (const group of index) sizes[group]!++;
  const order = shuffled(seededRandom(seed), [...keys.keys()]).sort((a, b) => sizes[b]! - sizes[a]!);
  const load = new Float64Array(k);
  const fold = new Int32Array(keys.length);
  for (const group of order) {
    const lightest = load.indexOf(Math.min(...load));
    fold[group] = lightest;
    load[lightest]! += sizes[group]!;
  }
  return Object.freeze(
    Array.from({ length: k }, (_, held) => partition(index, (group) => fold[group] === held)),
  );
}

/** The groups that stand on both sides of a split; empty for an honest one. */
export function leakedGroups(groups: Groups, split: Split): readonly (string | number)[] {
  const train = new Set<string | number>();
  for (const row of split.train) train.add(groups[row]!);
  const leaked = new Set<string | number>();
  for (const row of split.test) if (train.has(groups[row]!)) leaked.add(groups[row]!);
  return Object.freeze([...leaked]);
}

function partition(index: Int32Array, held: (group: number) => boolean): Split {
  const train: number[] = [];
  const test: number[] = [];
  for (let row = 0; row < index.length; row++) (held(index[row]!) ? test : train).push(row);
  return Object.freeze({ train: Int32Array.from(train), test: Int32Array.from(test) });
}

function needGroups(who: string, received: number, needed: number): void {
  if (received >= needed) return;
  throw tidelineError("NOT_ENOUGH_DATA", {
    who,
    field: "groups",
    expected: `at least ${needed} different groups`,
    received: String(received),
  });
}
