import { infrequentOf, type InfrequentOptions } from "./infrequent.ts";
import type { LearntCategories } from "./learnt-category.ts";

/** Which outputs the values of a column have. */
export interface OneHotLevels {
  /** [K + 2], for each category, for another value and for a missing one the output that is 1; -1 for none. */
  readonly column: Int32Array;
  /** What stands behind the column's name in those of its outputs: `=Bonn`; `=` for what is missing. */
  readonly suffixes: readonly string[];
}

/** What decides the outputs of a column. */
export interface OneHotRule extends InfrequentOptions {
  readonly drop: "none" | "first" | "ifBinary";
  readonly handleUnknown: "missing" | "ignore" | "infrequent" | "error";
  readonly handleMissing: "category" | "ignore";
}

/** The outputs of a column, in scikit-learn's order: categories in theirs, a missing value, the infrequent ones together. */
export function oneHotLevels(learnt: LearntCategories, rule: OneHotRule): OneHotLevels {
  const { categories, counts, missing, rows } = learnt;
  const unknown = categories.length;
  const own = rule.handleMissing === "category" && missing > 0;
  const levels = own ? unknown + 1 : unknown;
  const rare = infrequentOf(own ? [...counts, missing] : counts, rows, rule);
  const column = new Int32Array(unknown + 2).fill(-1);
  const suffixes: string[] = [];
  for (let level = 0; level < levels; level++)
    if (rare?.[level] !== 1)
      column[level < unknown ? level : unknown + 1] = suffixes.push(`=${categories[level] ?? ""}`) - 1;
  const infrequent = rare === undefined ? -1 : suffixes.length;
  if (rare !== undefined) {
    for (let level = 0; level < levels; level++)
      if (rare[level] === 1) column[level < unknown ? level : unknown + 1] = infrequent;
    suffixes.push(freeSuffix(suffixes));
  }
  if (rule.handleUnknown === "infrequent") column[unknown] = infrequent;
  if (rule.handleUnknown === "missing") column[unknown] = column[unknown + 1]!;
  const dropped = rule.drop === "first" || (rule.drop === "ifBinary" && suffixes.length === 2);
  if (!dropped) return { column, suffixes };
  return { column: column.map((at) => Math.max(at - 1, -1)), suffixes: suffixes.slice(1) };
}

/** The name of what is infrequent, unlike that of any category. */
function freeSuffix(taken: readonly string[]): string {
  let suffix = "=(infrequent)";
  while (taken.includes(suffix)) suffix += "*";
  return suffix;
}
