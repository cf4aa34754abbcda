import type { Groups } from "../group.ts";
import { indexGroups } from "../group.ts";
import type { Indices } from "../matrix.ts";
import { checkPairs } from "./pair.ts";

/**
 * The share of predictions that are right, in 0..1.
 *
 * @throws ARGUMENT_INVALID when the lengths differ or are 0.
 */
export function accuracy(y: Indices, predicted: Indices): number {
  checkPairs("accuracy", y, predicted);
  let right = 0;
  for (let i = 0; i < y.length; i++) if (y[i] === predicted[i]) right++;
  return right / y.length;
}

/** The accuracy within one group. */
export interface GroupAccuracy {
  readonly group: string | number;
  readonly rows: number;
  readonly accuracy: number;
}

/**
 * The accuracy of each group (person), in ascending order of group.
 *
 * @throws ARGUMENT_INVALID when the lengths differ or are 0.
 */
export function accuracyByGroup(y: Indices, predicted: Indices, groups: Groups): readonly GroupAccuracy[] {
  checkPairs("accuracyByGroup", y, predicted);
  checkPairs("accuracyByGroup", y, groups);
  const { keys, index } = indexGroups(groups);
  const rows = new Int32Array(keys.length);
  const right = new Int32Array(keys.length);
  for (let i = 0; i < y.length; i++) {
    rows[index[i]!]!++;
    if (y[i] === predicted[i]) right[index[i]!]!++;
  }
  return Object.freeze(
    keys.map((group, g) => Object.freeze({ group, rows: rows[g]!, accuracy: right[g]! / rows[g]! })),
  );
}
