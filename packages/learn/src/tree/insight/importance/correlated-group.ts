import { belowOne } from "../../../net/check-option.ts";
import { averageRanks } from "../../../select/correlation/rank.ts";
import { correlation } from "../shap/correlation.ts";
import {
  checkImportanceRows,
  importanceNames,
  valuesOfColumn,
  type ImportanceRows,
} from "./importance-rows.ts";

/**
 * Groups of numeric columns that go together: those whose rank correlation (C. Spearman, 1904) is at least `atLeast` in size,
 * and what is linked by such pairs (single linkage). Columns alone and columns of texts or codes are left out; rows where
 * either of a pair is missing do not count for it. O(columns^2 rows).
 *
 * @returns for `groups` of {@link permutationImportance}: columns by a name made of theirs.
 * @throws DEFINITION_ILLEGAL for `atLeast` outside [0, 1); as {@link permutationImportance} for the rows.
 * @example
 * const groups = correlatedGroups(rows, { atLeast: 0.8 }); // { "height + weight": ["height", "weight"] }
 */
export function correlatedGroups(
  rows: ImportanceRows,
  options: { readonly atLeast?: number } = {},
): Readonly<Record<string, readonly string[]>> {
  const who = "correlatedGroups";
  const atLeast = belowOne(who, "atLeast", options.atLeast ?? 0.8);
  checkImportanceRows(who, rows);
  const columns = importanceNames(rows).flatMap((name) => {
    const ranks = ranksOf(valuesOfColumn(rows, name));
    return ranks === undefined ? [] : [{ name, ranks }];
  });
  const group = columns.map((_, at) => at);
  for (let one = 1; one < columns.length; one++) {
    for (let other = 0; other < one; other++) {
      const size = Math.abs(rankCorrelation(columns[one]!.ranks, columns[other]!.ranks));
      if (size < atLeast || group[one] === group[other]) continue;
      const [kept, gone] = [group[other]!, group[one]!];
      for (const [at, of] of group.entries()) if (of === gone) group[at] = kept;
    }
  }
  const members = new Map<number, string[]>();
  for (const [at, { name }] of columns.entries())
    members.set(group[at]!, [...(members.get(group[at]!) ?? []), name]);
  const groups = [...members.values()].filter((names) => names.length > 1);
  return Object.freeze(Object.fromEntries(groups.map((names) => [names.join(" + "), Object.freeze(names)])));
}

function rankCorrelation(one: Float64Array, other: Float64Array): number {
  const along = correlation();
  for (let row = 0; row < one.length; row++) {
    if (!Number.isNaN(one[row]) && !Number.isNaN(other[row])) along.add(one[row]!, other[row]!);
  }
  return along.value() ?? 0;
}

/** Ranks of numbers, ties by their mean rank, NaN for what is missing; undefined where a value is no number. */
function ranksOf(values: ArrayLike<unknown> | undefined): Float64Array | undefined {
  if (values === undefined) return undefined;
  const ranks = new Float64Array(values.length).fill(NaN);
  const known: number[] = [];
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    if (value === null || value === undefined || Number.isNaN(value)) continue;
    if (typeof value !== "number") return undefined;
    known.push(row);
  }
  const own = averageRanks(Float64Array.from(known, (row) => values[row] as number));
  for (let place = 0; place < known.length; place++) ranks[known[place]!] = own[place]!;
  return ranks;
}
