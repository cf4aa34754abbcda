import type { TreeCategory } from "../../tree-ensemble.ts";
import { malformedLightgbm, unsupportedLightgbm } from "./key-value.ts";

/** What a model says of a feature's codes: the largest, -1 where it names none. Undefined: its values are no codes. */
export type CodeRange = number | undefined;

/** The range of a numeric feature, which an ordered column of pandas is by its codes. */
export function codeRange(info: string): CodeRange {
  const [, low, high] = /^\[(.+):(.+)\]$/.exec(info) ?? [];
  if (low === undefined) return -1;
  const [least, most] = [Number(low), Number(high)];
  return Number.isInteger(least) && Number.isInteger(most) && least >= 0 ? most : undefined;
}

function isCategory(value: unknown): value is TreeCategory {
  return typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}

/** The first feature from `at` on, by steps, whose codes a list holds. */
function seatOf(list: readonly unknown[], ranges: readonly CodeRange[], at: number, step: 1 | -1): number {
  let seat = at;
  while (seat >= 0 && seat < ranges.length && !(ranges[seat]! < list.length)) seat += step;
  return seat;
}

/**
 * Whose lists of categories are whose: the text tells them in the order of the columns, but not which columns these were
 * (ordered ones are numeric features, integers may be categorical without a list). A list fits a feature all of whose codes it
 * holds. The assignments with each list as far to the left, and as far to the right, as can be are the same where there is
 * only one.
 *
 * @returns lists by their features; undefined where there are several assignments, or none.
 * @throws MODEL_MALFORMED for what can be no category.
 */
export function pandasLists(
  lists: readonly (readonly unknown[])[],
  ranges: readonly CodeRange[],
): ReadonlyMap<number, readonly TreeCategory[]> | undefined {
  const first: number[] = [];
  for (const list of lists) {
    if (!list.every(isCategory))
      throw malformedLightgbm("pandas_categorical", "texts, numbers and truths", JSON.stringify(list));
    first.push(seatOf(list, ranges, (first.at(-1) ?? -1) + 1, 1));
  }
  let seat = ranges.length;
  for (let at = lists.length - 1; at >= 0; at--) {
    seat = seatOf(lists[at]!, ranges, seat - 1, -1);
    if (seat !== first[at]) return undefined;
  }
  return new Map(first.map((feature, at) => [feature, lists[at] as readonly TreeCategory[]]));
}

/** The error where it cannot be told whose lists are whose. */
export function unclearLists(lists: number, names: readonly string[]): Error {
  const wanted = names.slice(0, 8).map((name) => `${JSON.stringify(name)}: [...]`);
  return unsupportedLightgbm(
    "pandas_categorical",
    "lists of categories that can belong to one feature each",
    `${lists}, and no way to tell whose`,
    `Pass { categories: { ${wanted.join(", ")}${names.length > wanted.length ? ", ..." : ""} } }, each in the order of its codes, or null for integers.`,
  );
}
