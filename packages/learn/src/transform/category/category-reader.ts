import { tidelineError } from "@tideline/spec/error";
import type { Column, IntegerColumn, StringColumn } from "../../frame/column.ts";
import { isValid } from "../../frame/validity.ts";
import { TRUTHS, type CategoryKind } from "./category-kind.ts";

/** The id of a row without a value. */
export const MISSING = -1;
/** The id of a row whose value is none of the categories that were given. */
export const STRANGER = -2;

/** Reads columns of a fit as ids of their categories, whatever the dictionary of each piece. */
export interface CategoryReader {
  /** [rows]: indices of `texts`, in which new ones come last; {@link MISSING} or {@link STRANGER}. */
  read(column: Column): Int32Array;
  /**
   * Gives `add` each id once or more with its count among the rows, without an array of ids where there is a dictionary.
   */
  count(column: Column, add: (id: number, rows: number) => void): void;
  /** The categories so far, by id. */
  readonly texts: readonly string[];
}

/** How a {@link CategoryReader} reads. */
export interface ReaderOptions {
  readonly who: string;
  readonly name: string;
  /** The only categories that there are; their ids are their places. */
  readonly given?: readonly string[] | undefined;
  /** Different categories that are counted before the fit gives up. */
  readonly maxDistinct: number;
}

/** Not looked up yet. */
const UNREAD = -3;

/** Whole numbers below this have their ids in an array; others in a map. */
const DIRECT = 65_536;

/**
 * A reader of one column over a fit.
 *
 * @throws DATA_MALFORMED from `read` when the column has more than `maxDistinct` different values, naming it.
 */
export function categoryReader({ who, name, given, maxDistinct }: ReaderOptions): CategoryReader {
  const texts: string[] = [];
  const ids = new Map<string, number>();
  const numbers = new Map<number | bigint, number>();
  const direct = new Int32Array(DIRECT).fill(UNREAD);
  let last: { readonly dictionary: readonly string[]; readonly ids: Int32Array } | undefined;

  function idOf(text: string): number {
    const known = ids.get(text);
    if (known !== undefined) return known;
    if (text === "") return MISSING;
    if (given !== undefined && texts.length >= given.length) return STRANGER;
    if (texts.length >= maxDistinct) throw tooMany(who, name, maxDistinct);
    ids.set(text, texts.length);
    return texts.push(text) - 1;
  }
  for (const text of given ?? []) idOf(text);

  function readStrings({ codes, dictionary }: StringColumn): Int32Array {
    // Pieces of one frame share a dictionary, which may be far larger than a piece.
    if (last?.dictionary !== dictionary || last.ids.length !== dictionary.length)
      last = { dictionary, ids: new Int32Array(dictionary.length).fill(UNREAD) };
    const known = last.ids;
    const out = new Int32Array(codes.length);
    for (let row = 0; row < codes.length; row++) {
      const code = codes[row]!;
      if (code < 0) {
        out[row] = MISSING;
        continue;
      }
      let id = known[code]!;
      if (id === UNREAD) {
        id = idOf(dictionary[code]!);
        known[code] = id;
      }
      out[row] = id;
    }
    return out;
  }

  function idOfNumber(value: number | bigint): number {
    const known = numbers.get(value);
    if (known !== undefined) return known;
    const id = idOf(String(value));
    if (numbers.size < maxDistinct) numbers.set(value, id);
    return id;
  }

  function readIntegers({ values, validity }: IntegerColumn): Int32Array {
    const out = new Int32Array(values.length);
    for (let row = 0; row < out.length; row++) {
      const value = values[row]!;
      if (!isValid(validity, row)) out[row] = MISSING;
      else if (value >= 0 && value < DIRECT) {
        const at = Number(value);
        let id = direct[at]!;
        if (id === UNREAD) {
          id = idOf(String(at));
          direct[at] = id;
        }
        out[row] = id;
      } else out[row] = idOfNumber(value);
    }
    return out;
  }

  function countStrings({ codes, dictionary }: StringColumn, add: (id: number, rows: number) => void): void {
    // One more, at the front, for what is missing.
    const counts = new Int32Array(dictionary.length + 1);
    for (let row = 0; row < codes.length; row++) counts[codes[row]! + 1]!++;
    if (counts[0]! > 0) add(MISSING, counts[0]!);
    for (let code = 0; code < dictionary.length; code++)
      if (counts[code + 1]! > 0) add(idOf(dictionary[code]!), counts[code + 1]!);
  }

  function read(column: Column): Int32Array {
    if (column.kind === "string") return readStrings(column);
    if (column.kind === "integer") return readIntegers(column);
    if (column.kind !== "boolean") throw notCategories(who, column);
    const { values, validity } = column;
    const two = [UNREAD, UNREAD];
    return Int32Array.from(values, (value, row) => {
      if (!isValid(validity, row)) return MISSING;
      const at = value === 0 ? 0 : 1;
      if (two[at] === UNREAD) two[at] = idOf(TRUTHS[at]!);
      return two[at]!;
    });
  }

  return {
    texts,
    read,
    count(column, add) {
      if (column.kind === "string" && column.dictionary.length <= 4 * column.codes.length + 1024)
        return countStrings(column, add);
      for (const id of read(column)) add(id, 1);
    },
  };
}

/** The error for a column that has no categories. */
export function notCategories(who: string, { name, kind }: Column): Error {
  return tidelineError("ARGUMENT_INVALID", {
    who,
    field: `column "${name}"`,
    expected: "a string, integer or boolean column",
    received: `a ${kind} column`,
  });
}

function tooMany(who: string, name: string, limit: number): Error {
  return tidelineError("DATA_MALFORMED", {
    who,
    field: `column "${name}"`,
    expected: `at most ${limit} different categories`,
    received: "more",
    remedy:
      "Leave out a column of identifiers, raise maxDistinct, or use featureHasher, which keeps none of them.",
  });
}

/** What kind of categories a column has. */
export function categoryKindOf(who: string, column: Pick<Column, "name" | "kind">): CategoryKind {
  if (column.kind === "string" || column.kind === "integer" || column.kind === "boolean") return column.kind;
  throw notCategories(who, column as Column);
}
