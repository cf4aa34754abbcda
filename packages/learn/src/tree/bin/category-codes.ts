import { tidelineError, type TidelineError } from "@tideline/spec";
import type { TreeCategory } from "../tree-ensemble.ts";
import type { NumericArray } from "../tree-table.ts";
import { badValue } from "./numeric-value.ts";

/** Different values that a categorical column may have: one with more holds identifiers, and trees learn nothing of it. */
export const MOST_CATEGORIES = 1 << 20;

/** Numbers below this find their code in a table instead of a map. */
const SMALL = 1 << 16;

/** The error of a column of identifiers. */
export function tooManyCategories(who: string, column: string, received: string): TidelineError {
  return tidelineError("DATA_MALFORMED", {
    who,
    field: `column ${JSON.stringify(column)}`,
    expected: `at most ${MOST_CATEGORIES} different categories`,
    received,
    remedy: "Leave out a column of identifiers, or group its values.",
  });
}

/** Values of a categorical column, and the codes by which they go. */
export interface CategoryList {
  /** In the order of their codes. */
  readonly categories: readonly TreeCategory[];
  /** The code of a value that has one, else -1. */
  find(value: TreeCategory): number;
  /** The code of a value; a new one joins the list. @throws DATA_MALFORMED when the list is full. */
  add(who: string, column: string, value: TreeCategory): number;
}

/** A list that starts with these categories. */
export function categoryList(first: readonly TreeCategory[] = []): CategoryList {
  const categories = first.slice();
  const places = new Map<TreeCategory, number>();
  for (let code = categories.length - 1; code >= 0; code--) places.set(categories[code]!, code);
  return {
    categories,
    find: (value) => places.get(value) ?? -1,
    add(who, column, value) {
      const known = places.get(value);
      if (known !== undefined) return known;
      if (categories.length >= MOST_CATEGORIES) throw tooManyCategories(who, column, "more");
      places.set(value, categories.length);
      return categories.push(value) - 1;
    },
  };
}

function checkCategory(who: string, column: string, row: number, value: unknown): TreeCategory {
  if (typeof value === "string" || typeof value === "boolean") return value;
  // A map does not tell -0 from 0; neither shall the list.
  if (typeof value === "number" && Number.isFinite(value)) return value + 0;
  const remedy =
    typeof value === "object"
      ? "Convert it to a text or a number that stands for it."
      : "Convert it to a text, a boolean or a finite number.";
  throw badValue(who, column, row, "a text, a boolean, a finite number, or none", value, remedy);
}

/**
 * The codes of a column's values: -1 for `null`, `undefined` and NaN and, where the list is `closed`, for values that it
 * lacks; else they join it in the order in which they appear.
 *
 * @throws DATA_MALFORMED for an object, a BigInt or an infinity, naming column and row, and for too many categories.
 */
export function categoryCodes(
  who: string,
  column: string,
  values: NumericArray | readonly unknown[],
  list: CategoryList,
  closed: boolean,
): Int32Array {
  const codes = new Int32Array(values.length);
  const small = new Int32Array(typeof values[0] === "number" ? SMALL : 0).fill(-2);
  const codeOf = (row: number, value: unknown): number => {
    if (value === null || value === undefined || Number.isNaN(value)) return -1;
    const category = checkCategory(who, column, row, value);
    return closed ? list.find(category) : list.add(who, column, category);
  };
  for (let row = 0; row < codes.length; row++) {
    const value = values[row];
    if (typeof value === "number" && value >= 0 && value < small.length && Number.isInteger(value)) {
      const known = small[value]!;
      codes[row] = known === -2 ? (small[value] = codeOf(row, value)) : known;
    } else codes[row] = codeOf(row, value);
  }
  return codes;
}

/** Codes of one list as codes of another: entry c is what code c becomes, -1 where the other lacks it. */
export function translation(
  from: readonly TreeCategory[],
  find: (value: TreeCategory) => number,
): Int32Array {
  return Int32Array.from(from, (value) => (value === null ? -1 : find(value)));
}
