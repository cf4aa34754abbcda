import type { Column, IntegerColumn, StringColumn } from "../../frame/column.ts";
import { isValid } from "../../frame/validity.ts";
import { TRUTHS } from "./category-kind.ts";
import { notCategories } from "./category-reader.ts";

/** How a list of categories is looked up. */
interface Lookup {
  readonly texts: ReadonlyMap<string, number>;
  /** Places of whole numbers from `low`, where they lie close together. */
  readonly direct: Int32Array;
  readonly low: number;
}

/** Whole numbers that span more than this are looked up by their text. */
const DIRECT_SPAN = 1_048_576;

const lookups = new WeakMap<readonly string[], Lookup>();

/** The place of each text among categories. Remembered for as long as the list is. */
export function placeOfText(categories: readonly string[]): ReadonlyMap<string, number> {
  return lookupOf(categories).texts;
}

/**
 * The places of a column's rows among `K` categories: 0 to K - 1, K for a value that is none of them, K + 1 for a missing
 * one. The empty text is missing.
 *
 * @throws ARGUMENT_INVALID for a column of numbers with fractions, vectors, series or bytes.
 */
export function placesOf(who: string, column: Column, categories: readonly string[]): Int32Array {
  const lookup = lookupOf(categories);
  if (column.kind === "string") return placesOfStrings(column, lookup.texts, categories.length);
  if (column.kind === "integer") return placesOfIntegers(column, lookup, categories.length);
  if (column.kind !== "boolean") throw notCategories(who, column);
  const unknown = categories.length;
  const two = TRUTHS.map((text) => lookup.texts.get(text) ?? unknown);
  return Int32Array.from(column.values, (value, row) =>
    isValid(column.validity, row) ? two[value === 0 ? 0 : 1]! : unknown + 1,
  );
}

/**
 * The place of each code of a column of strings, at `code + 1`: the first is what is missing. Undefined where the
 * dictionary is far longer than the column, so that asking for all of it would cost more than its rows.
 */
export function placesOfCodes(column: StringColumn, categories: readonly string[]): Int32Array | undefined {
  const { codes, dictionary } = column;
  if (dictionary.length > 4 * codes.length + 1024) return undefined;
  const { texts } = lookupOf(categories);
  const places = new Int32Array(dictionary.length + 1).fill(categories.length + 1);
  for (const [code, text] of dictionary.entries())
    if (text !== "") places[code + 1] = texts.get(text) ?? categories.length;
  return places;
}

function placesOfStrings(
  { codes, dictionary }: StringColumn,
  texts: ReadonlyMap<string, number>,
  unknown: number,
): Int32Array {
  const places = new Int32Array(dictionary.length).fill(-1);
  const out = new Int32Array(codes.length);
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row]!;
    if (code < 0) {
      out[row] = unknown + 1;
      continue;
    }
    let place = places[code]!;
    if (place < 0) {
      const text = dictionary[code]!;
      place = text === "" ? unknown + 1 : (texts.get(text) ?? unknown);
      places[code] = place;
    }
    out[row] = place;
  }
  return out;
}

function placesOfIntegers(
  { values, validity }: IntegerColumn,
  { texts, direct, low }: Lookup,
  unknown: number,
): Int32Array {
  const out = new Int32Array(values.length);
  const high = low + direct.length;
  for (let row = 0; row < out.length; row++) {
    const value = values[row]!;
    if (!isValid(validity, row)) out[row] = unknown + 1;
    else if (value >= low && value < high) out[row] = direct[Number(value) - low]!;
    else out[row] = direct.length > 0 ? unknown : (texts.get(String(value)) ?? unknown);
  }
  return out;
}

function lookupOf(categories: readonly string[]): Lookup {
  const known = lookups.get(categories);
  if (known !== undefined) return known;
  const texts = new Map(categories.map((text, place) => [text, place]));
  const made = { texts, ...directOf(categories) };
  lookups.set(categories, made);
  return made;
}

function directOf(categories: readonly string[]): Pick<Lookup, "direct" | "low"> {
  const none = { direct: new Int32Array(0), low: 0 };
  let [low, high] = [Infinity, -Infinity];
  for (const text of categories) {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || String(value) !== text) return none;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(high - low < DIRECT_SPAN)) return none;
  const direct = new Int32Array(high - low + 1).fill(categories.length);
  for (const [place, text] of categories.entries()) direct[Number(text) - low] = place;
  return { direct, low };
}
