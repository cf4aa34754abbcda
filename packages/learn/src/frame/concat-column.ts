import { columnLength } from "./check-column.ts";
import type { BytesColumn, Column, SeriesColumn, StringColumn, Validity } from "./column.ts";
import { copyBits, fillBits } from "./copy-bits.ts";
import { dictionaryBuilder } from "./dictionary-builder.ts";
import type { NumberArray } from "./gather.ts";
import { widestInteger } from "./integer-array.ts";
import { tooLong } from "./take-rows.ts";

/** Columns of one name, kind, width and unit, one after the other: `rows` in all. */
export function concatColumn(parts: readonly [Column, ...Column[]], rows: number): Column {
  const [first] = parts;
  switch (first.kind) {
    case "float":
    case "vector":
    case "time": {
      const arrays = parts.map((part) => (part as typeof first).values);
      return { ...first, values: joinFloats(arrays) } as Column;
    }
    case "boolean": {
      const values = fill(new Uint8Array(rows), arraysOf<Uint8Array>(parts));
      return { kind: "boolean", name: first.name, values, ...joinValidity(parts, rows) };
    }
    case "integer": {
      const arrays = arraysOf<typeof first.values>(parts);
      const values = widestInteger(first.name, arrays, rows);
      return { ...withoutValidity(first), values, ...joinValidity(parts, rows) };
    }
    case "string":
      return concatStrings(parts as readonly [StringColumn, ...StringColumn[]], rows);
    case "series":
    case "bytes":
      return concatRagged(first, parts as readonly (SeriesColumn | BytesColumn)[], rows);
  }
}

function arraysOf<Values>(parts: readonly Column[]): readonly Values[] {
  return parts.map((part) => (part as unknown as { readonly values: Values }).values);
}

function withoutValidity<One extends { readonly validity?: Validity }>(column: One): Omit<One, "validity"> {
  const { validity: _, ...rest } = column;
  return rest;
}

function fill<Values extends NumberArray>(out: Values, arrays: readonly ArrayLike<number>[]): Values {
  let at = 0;
  for (const array of arrays) {
    (out as Float64Array).set(array, at);
    at += array.length;
  }
  return out;
}

function joinFloats(arrays: readonly (Float32Array | Float64Array)[]): Float32Array | Float64Array {
  const length = arrays.reduce((sum, array) => sum + array.length, 0);
  const single = arrays.every((array) => array instanceof Float32Array);
  return fill(single ? new Float32Array(length) : new Float64Array(length), arrays);
}

function joinValidity(parts: readonly Column[], rows: number): { readonly validity?: Validity } {
  const bitmaps = parts.map((part) => ("validity" in part ? part.validity : undefined));
  if (bitmaps.every((bitmap) => bitmap === undefined)) return {};
  const out = new Uint8Array(Math.ceil(rows / 8));
  let at = 0;
  for (const [index, bitmap] of bitmaps.entries()) {
    const length = columnLength(parts[index]!);
    if (bitmap === undefined) fillBits(out, at, length);
    else copyBits(bitmap, 0, length, out, at);
    at += length;
  }
  return { validity: out };
}

function concatStrings(parts: readonly [StringColumn, ...StringColumn[]], rows: number): Column {
  const [first] = parts;
  const codes = new Int32Array(rows);
  // Pieces of one reader often share a dictionary.
  if (parts.every((part) => part.dictionary === first.dictionary))
    return {
      ...first,
      codes: fill(
        codes,
        parts.map((part) => part.codes),
      ),
    };
  const merged = dictionaryBuilder();
  const mapped = new Map<readonly string[], Int32Array>();
  let at = 0;
  for (const { codes: own, dictionary } of parts) {
    let places = mapped.get(dictionary);
    if (places === undefined) {
      places = new Int32Array(dictionary.length);
      for (let code = 0; code < places.length; code++) places[code] = merged.codeOf(dictionary[code]!);
      mapped.set(dictionary, places);
    }
    for (let row = 0; row < own.length; row++) codes[at++] = own[row]! < 0 ? -1 : places[own[row]!]!;
  }
  return { ...first, codes, dictionary: merged.dictionary() };
}

function concatRagged(
  first: SeriesColumn | BytesColumn,
  parts: readonly (SeriesColumn | BytesColumn)[],
  rows: number,
): Column {
  const offsets = new Int32Array(rows + 1);
  let row = 0;
  let base = 0;
  for (const { offsets: own } of parts) {
    for (let at = 1; at < own.length; at++) offsets[++row] = base + own[at]!;
    base += own.at(-1)!;
    if (base > 0x7fffffff) throw tooLong(first.name);
  }
  const pieces = parts.map((part) => part.values.subarray(0, part.offsets.at(-1)));
  const values =
    pieces[0] instanceof Uint8Array
      ? fill(new Uint8Array(base), pieces)
      : pieces[0] instanceof Int32Array
        ? fill(new Int32Array(base), pieces)
        : joinFloats(pieces as readonly Float64Array[]);
  return { ...withoutValidity(first), offsets, values, ...joinValidity(parts, rows) } as Column;
}
