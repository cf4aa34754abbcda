import { columnLength } from "../../frame/check-column.ts";
import type { Column } from "../../frame/column.ts";
import type { CategoryState } from "./category-state.ts";
import { placesOf, placesOfCodes } from "./place.ts";
import { refuseUnknown } from "./refuse-unknown.ts";

/** What was learnt of a column: see `OneHotLevels`. */
export type OneHotColumn = CategoryState & {
  readonly column: Int32Array;
  readonly suffixes: readonly string[];
};

/** What outputs are stored as: bytes of 0 and 1 are columns of truths. */
export type OneHotStorage = "float32" | "float64" | "boolean";

/** Rows that are written together. */
const BLOCK = 256;

const ARRAYS = { float32: Float32Array, float64: Float64Array, boolean: Uint8Array } as const;

/** The output of each row, -1 for none. */
function outputOfRows(who: string, from: Column, state: OneHotColumn, refuses: boolean): Int32Array {
  const places = placesOf(who, from, state.categories);
  if (refuses) refuseUnknown(who, from, places, state.categories.length);
  const { column } = state;
  for (let row = 0; row < places.length; row++) places[row] = column[places[row]!]!;
  return places;
}

/** Writes the ones of all outputs: of row `row` at `base[at[row] + 1] + row`, none where the base is negative. */
function writeOnes(
  room: Float32Array | Float64Array | Uint8Array,
  at: Int32Array,
  base: Float64Array,
  rows: number,
): void {
  for (let row = 0; row < rows; row++) {
    const start = base[at[row]! + 1]!;
    if (start >= 0) room[start + row] = 1;
  }
}

/** {@link writeOnes} for bytes of fewer than 2^31 places: whole numbers alone. */
function writeOneBytes(room: Uint8Array, at: Int32Array, base: Int32Array, rows: number): void {
  for (let row = 0; row < rows; row++) {
    const start = base[at[row]! + 1]!;
    if (start >= 0) room[start + row] = 1;
  }
}

/** A column for each output, which share one room. */
export function oneHotColumns(
  who: string,
  from: Column,
  state: OneHotColumn,
  dtype: OneHotStorage,
  refuses: boolean,
): readonly Column[] {
  const rows = columnLength(from);
  const room = new ARRAYS[dtype](rows * state.suffixes.length);
  const places = from.kind === "string" && !refuses ? placesOfCodes(from, state.categories) : undefined;
  const known = from.kind === "string" && places !== undefined;
  const at = known ? from.codes : outputOfRows(who, from, state, refuses);
  const outputs = known
    ? places.map((place) => state.column[place]!)
    : Int32Array.from({ length: state.suffixes.length + 1 }, (_, place) => place - 1);
  const base = Float64Array.from(outputs, (output) => output * rows);
  if (room instanceof Uint8Array && room.length < 2 ** 31)
    writeOneBytes(room, at, Int32Array.from(base), rows);
  else writeOnes(room, at, base, rows);
  return state.suffixes.map((suffix, output): Column => {
    const name = `${from.name}${suffix}`;
    const values = room.subarray(output * rows, (output + 1) * rows);
    return values instanceof Uint8Array ? { kind: "boolean", name, values } : { kind: "float", name, values };
  });
}

/** All outputs of all columns side by side: [rows, width]. */
export function oneHotVector(
  who: string,
  from: readonly Column[],
  states: readonly OneHotColumn[],
  rows: number,
  dtype: Exclude<OneHotStorage, "boolean">,
  refuses: boolean,
): Float32Array | Float64Array {
  const width = states.reduce((sum, { suffixes }) => sum + suffixes.length, 0);
  const room = new ARRAYS[dtype](rows * width);
  let start = 0;
  const parts = states.map((state, input) => {
    const part = { at: outputOfRows(who, from[input]!, state, refuses), start };
    start += state.suffixes.length;
    return part;
  });
  // A block of rows stays in the cache while all columns write into it.
  for (let first = 0; first < rows; first += BLOCK) {
    const end = Math.min(rows, first + BLOCK);
    for (const part of parts)
      for (let row = first; row < end; row++) {
        const output = part.at[row]!;
        if (output >= 0) room[row * width + part.start + output] = 1;
      }
  }
  return room;
}
