import { tidelineError } from "@tideline/spec/error";
import type { Indices } from "../matrix.ts";
import type { BytesColumn, Column, Frame, SeriesColumn } from "./column.ts";
import { arrayLike, gather, gatherValidity } from "./gather.ts";

/**
 * The rows at `indices`, in that order; a row may be named often.
 *
 * @throws ARGUMENT_INVALID for an index that is not a row of the frame, naming its place.
 * @example
 * const train = takeRows(rows, split.train);
 */
export function takeRows(rows: Frame, indices: Indices): Frame {
  const places = checkPlaces(indices, rows.rows);
  return takePlaces(rows, places);
}

/** {@link takeRows} of places that are known to be right; a row at -1 is missing in every column. */
export function takePlaces(rows: Frame, places: Int32Array): Frame {
  const columns = rows.columns.map((column) => takeColumn(column, places));
  return Object.freeze({ rows: places.length, columns: Object.freeze(columns) });
}

/** The rows of a column at `places`, which are not checked; -1 is missing. */
export function takeColumn(column: Column, places: Int32Array): Column {
  switch (column.kind) {
    case "float":
    case "time":
      return { ...column, values: markMissing(gather(column.values, places), places, 1) } as Column;
    case "vector":
      return {
        ...column,
        values: markMissing(gather(column.values, places, column.width), places, column.width),
      };
    case "string":
      return { ...column, codes: markMissing(gather(column.codes, places), places, 1, -1) };
    case "integer":
    case "boolean": {
      const { validity: before, ...rest } = column;
      const validity = gatherValidity(before, places);
      const values = gather(column.values, places);
      return { ...rest, values, ...(validity === undefined ? {} : { validity }) } as Column;
    }
    case "series":
    case "bytes":
      return takeRagged(column, places);
  }
}

function markMissing<Values extends Float32Array | Float64Array | Int32Array>(
  values: Values,
  places: Int32Array,
  width: number,
  absent = Number.NaN,
): Values {
  for (let row = places.indexOf(-1); row >= 0; row = places.indexOf(-1, row + 1))
    values[row * width] = absent;
  return values;
}

function takeRagged(column: SeriesColumn | BytesColumn, places: Int32Array): Column {
  const { offsets: before, values: source, validity: bits, ...rest } = column;
  const offsets = new Int32Array(places.length + 1);
  let total = 0;
  for (let row = 0; row < places.length; row++) {
    const from = places[row]!;
    if (from >= 0) total += before[from + 1]! - before[from]!;
    if (total > 0x7fffffff) throw tooLong(column.name);
    offsets[row + 1] = total;
  }
  const values = arrayLike(source, total);
  for (let row = 0; row < places.length; row++) {
    const from = places[row]!;
    if (from >= 0 && offsets[row + 1]! > offsets[row]!)
      values.set(source.subarray(before[from], before[from + 1]), offsets[row]);
  }
  const validity = gatherValidity(bits, places);
  return { ...rest, offsets, values, ...(validity === undefined ? {} : { validity }) } as Column;
}

/** The error of a series or bytes column whose values pass what offsets can say. */
export function tooLong(name: string): Error {
  return tidelineError("ARGUMENT_INVALID", {
    who: `column "${name}"`,
    field: "values",
    expected: "at most 2^31 - 1 of all its rows together",
    received: "more",
    remedy: "Work on fewer rows at a time.",
  });
}

function checkPlaces(indices: Indices, rows: number): Int32Array {
  const places = indices instanceof Int32Array ? indices : Int32Array.from(indices);
  for (let at = 0; at < places.length; at++) {
    const place = indices[at]!;
    if (place >= 0 && place < rows && place === places[at]) continue;
    throw tidelineError("ARGUMENT_INVALID", {
      who: "takeRows",
      field: `indices[${at}]`,
      expected: rows === 0 ? "no index: the frame has no rows" : `an integer in 0..${rows - 1}, a row`,
      received: String(place),
    });
  }
  return places;
}
