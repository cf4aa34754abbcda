/** The group (person, session) of each row: integers or names. */
export type Groups = Int32Array | readonly number[] | readonly string[];

/** Groups counted out: `keys` in ascending order, and for each row the position of its key. */
export interface GroupIndex {
  readonly keys: readonly (string | number)[];
  readonly index: Int32Array;
}

/**
 * Numbers the groups 0..G-1 by ascending key (numbers by value, strings by code unit), so that what is derived
 * from a group's number does not depend on the order of the rows.
 */
export function indexGroups(groups: Groups): GroupIndex {
  const keys = [...new Set<string | number>(groups)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const position = new Map(keys.map((key, i) => [key, i]));
  const index = new Int32Array(groups.length);
  for (let i = 0; i < groups.length; i++) index[i] = position.get(groups[i]!)!;
  return Object.freeze({ keys: Object.freeze(keys), index });
}
