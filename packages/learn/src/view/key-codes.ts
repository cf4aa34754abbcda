import { tidelineError } from "@tideline/spec/error";
import type { Column } from "../frame/column.ts";
import { isValid } from "../frame/validity.ts";

/** Codes of the join keys that a spine asks for: what is not asked is -1, as is a missing key. */
export interface KeyCodes {
  /** [spine rows] */
  readonly codes: Int32Array;
  /** Keys that are asked. */
  readonly count: number;
  /**
   * The codes of a source's key column, in `room` where that has as many rows. @throws ARGUMENT_INVALID where it is of another
   * kind.
   */
  of(column: Column, who: string, room?: Int32Array): Int32Array;
}

/** Starts from the key column of a spine. */
export function keyCodes(asked: Column): KeyCodes {
  if (asked.kind === "string") return textCodes(asked.codes, asked.dictionary, asked.kind);
  if (asked.kind !== "integer") throw wrong("spineOf", asked, "a string or integer column");
  return wholeCodes(asked);
}

function textCodes(asked: Int32Array, dictionary: readonly string[], kind: string): KeyCodes {
  const codeOf = new Map<string, number>();
  for (const text of dictionary) if (!codeOf.has(text)) codeOf.set(text, codeOf.size);
  const of = (codes: Int32Array, texts: readonly string[], room?: Int32Array): Int32Array => {
    const places = Int32Array.from(texts, (text) => codeOf.get(text) ?? -1);
    const out = roomFor(codes.length, room);
    for (let row = 0; row < out.length; row++) out[row] = codes[row]! < 0 ? -1 : places[codes[row]!]!;
    return out;
  };
  return {
    codes: of(asked, dictionary),
    count: codeOf.size,
    of(column, who, room) {
      if (column.kind !== "string") throw wrong(who, column, `a ${kind} column, as the spine's key`);
      return of(column.codes, column.dictionary, room);
    },
  };
}

function roomFor(rows: number, room: Int32Array | undefined): Int32Array {
  return room?.length === rows ? room : new Int32Array(rows);
}

type Whole = Extract<Column, { readonly kind: "integer" }>;

/** Keys that lie close together index a table; others, and 64-bit ones, go through a map. */
function wholeCodes(asked: Whole): KeyCodes {
  const { values, validity } = asked;
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) return mappedCodes(asked);
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let row = 0; row < values.length; row++) {
    if (values[row]! < least) least = values[row]!;
    if (values[row]! > most) most = values[row]!;
  }
  const span = values.length === 0 ? 0 : most - least + 1;
  if (span > 4 * values.length + 65_536) return mappedCodes(asked);
  const places = new Int32Array(span).fill(-1);
  let count = 0;
  for (let row = 0; row < values.length; row++)
    if (isValid(validity, row) && places[values[row]! - least] === -1) places[values[row]! - least] = count++;
  const table = { places, least };
  const of = (column: Whole, room?: Int32Array): Int32Array => {
    const given = column.values;
    const out = roomFor(given.length, room);
    if (given instanceof BigInt64Array || given instanceof BigUint64Array)
      for (let row = 0; row < out.length; row++) out[row] = places[Number(given[row]!) - table.least] ?? -1;
    else lookUp(given, table, out);
    if (column.validity !== undefined)
      for (let row = 0; row < out.length; row++) if (!isValid(column.validity, row)) out[row] = -1;
    return out;
  };
  return { codes: of(asked), count, of: (column, who, room) => of(whole(column, who), room) };
}

type Narrow = Exclude<Whole["values"], BigInt64Array | BigUint64Array>;

/** The places of values in a table that begins at `least`. A function of its own, so that nothing is looked up for each row. */
function lookUp(
  values: Narrow,
  { places, least }: { readonly places: Int32Array; readonly least: number },
  out: Int32Array,
): void {
  const count = places.length;
  for (let row = 0; row < out.length; row++) {
    const place = values[row]! - least;
    out[row] = place >= 0 && place < count ? places[place]! : -1;
  }
}

function mappedCodes(asked: Whole): KeyCodes {
  const codeOf = new Map<number | bigint, number>();
  const keyOf = (value: number | bigint): number | bigint =>
    typeof value === "bigint" && BigInt.asIntN(53, value) === value ? Number(value) : value;
  for (let row = 0; row < asked.values.length; row++) {
    const key = keyOf(asked.values[row]!);
    if (isValid(asked.validity, row) && !codeOf.has(key)) codeOf.set(key, codeOf.size);
  }
  const of = ({ values, validity }: Whole, room?: Int32Array): Int32Array => {
    const out = roomFor(values.length, room).fill(-1);
    for (let row = 0; row < out.length; row++)
      if (isValid(validity, row)) out[row] = codeOf.get(keyOf(values[row]!)) ?? -1;
    return out;
  };
  return { codes: of(asked), count: codeOf.size, of: (column, who, room) => of(whole(column, who), room) };
}

function whole(column: Column, who: string): Whole {
  if (column.kind === "integer") return column;
  throw wrong(who, column, "an integer column, as the spine's key");
}

function wrong(who: string, { name, kind }: Column, expected: string) {
  const received = `a ${kind} column`;
  return tidelineError("ARGUMENT_INVALID", { who, field: `key "${name}"`, expected, received });
}
