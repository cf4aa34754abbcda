import type { Column, ColumnKind, Frame } from "../../frame/column.ts";
import { frame } from "../../frame/frame.ts";
import { noneValid, setValid } from "../../frame/validity.ts";
import { seededRandom, type Random } from "../../random.ts";
import type { Labels } from "../transform-def.ts";

/** Rows of the frames that definitions are checked on. */
export const CHECK_ROWS = 60;

/**
 * Columns of every kind that is accepted: plain, skewed, far from zero, constant, huge, tiny and denormal numbers, whole
 * ones, truths, texts, times, vectors, series, bytes; most with gaps. Numbers are those that float32 holds.
 */
export function conformanceFrame(accepts: readonly ColumnKind[], rows = CHECK_ROWS, seed = 1): Frame {
  const random = seededRandom(seed);
  return frame(accepts.flatMap((kind) => MAKERS[kind](random, rows)));
}

/** Labels of both kinds for such rows. */
export function conformanceLabels(
  rows = CHECK_ROWS,
  seed = 2,
): { readonly classes: Labels; readonly values: Labels } {
  const random = seededRandom(seed);
  return {
    classes: {
      kind: "classes",
      y: Int32Array.from({ length: rows }, (_, row) => (row + random.integer(2)) % 2),
      classes: ["no", "yes"],
    },
    values: { kind: "values", y: Float64Array.from({ length: rows }, () => random.normal()) },
  };
}

const floats = (name: string, rows: number, value: (row: number) => number): Column => ({
  kind: "float",
  name,
  values: Float64Array.from({ length: rows }, (_, row) => Math.fround(value(row))),
});

/** Some rows lack a value, never the first two. */
const gap = (random: Random, row: number, value: number): number =>
  row > 1 && random.uniform() < 0.1 ? Number.NaN : value;

function validity(random: Random, rows: number): Uint8Array {
  const bits = noneValid(rows);
  for (let row = 0; row < rows; row++) if (row < 2 || random.uniform() > 0.1) setValid(bits, row);
  return bits;
}

/** Values where there are some, 0 where there are none. */
function masked<Values extends Int32Array | Uint8Array>(values: Values, bits: Uint8Array): Values {
  for (let row = 0; row < values.length; row++)
    if ((bits[row >> 3]! & (1 << (row & 7))) === 0) values[row] = 0;
  return values;
}

const MAKERS: Readonly<Record<ColumnKind, (random: Random, rows: number) => readonly Column[]>> = {
  float: (random, rows) => [
    { ...floats("plain", rows, (row) => gap(random, row, random.normal())), unit: "m" } as Column,
    floats("skewed", rows, () => Math.exp(2 * random.normal())),
    floats("offset", rows, () => 1000 + random.normal()),
    floats("constant", rows, () => 0.1),
    floats("huge", rows, () => 1e18 * random.normal()),
    floats("tiny", rows, () => 1e-12 * random.normal()),
    floats("grid", rows, () => random.integer(5)),
    {
      kind: "float",
      name: "single",
      values: Float32Array.from({ length: rows }, (_, row) => gap(random, row, 3 * random.uniform() - 1)),
    },
  ],
  integer: (random, rows) => {
    const bits = validity(random, rows);
    return [
      {
        kind: "integer",
        name: "whole",
        values: masked(
          Int32Array.from({ length: rows }, () => random.integer(100) - 20),
          bits,
        ),
        validity: bits,
      },
      {
        kind: "integer",
        name: "long",
        values: BigInt64Array.from({ length: rows }, () => BigInt(random.integer(1000))),
      },
    ];
  },
  boolean: (random, rows) => {
    const bits = validity(random, rows);
    return [
      {
        kind: "boolean",
        name: "truth",
        values: masked(
          Uint8Array.from({ length: rows }, () => random.integer(2)),
          bits,
        ),
        validity: bits,
      },
    ];
  },
  string: (random, rows) => [
    {
      kind: "string",
      name: "city",
      codes: Int32Array.from({ length: rows }, (_, row) =>
        row > 1 && random.uniform() < 0.1 ? -1 : random.integer(4),
      ),
      // One that no row has, and one that is empty.
      dictionary: ["Bonn", "Köln", "Ulm", "", "Rom"],
    },
    {
      kind: "string",
      name: "size",
      codes: Int32Array.from({ length: rows }, () => random.integer(2)),
      dictionary: ["S", "L"],
    },
  ],
  time: (random, rows) => [
    {
      kind: "time",
      name: "at",
      values: Float64Array.from({ length: rows }, (_, row) =>
        gap(random, row, 1.7e15 + Math.floor(3e13 * random.uniform())),
      ),
    },
    {
      kind: "time",
      name: "until",
      values: Float64Array.from({ length: rows }, () => 1.7e15 + Math.floor(3e13 * random.uniform())),
    },
  ],
  vector: (random, rows) => [
    {
      kind: "vector",
      name: "acc",
      width: 3,
      values: Float64Array.from({ length: rows * 3 }, () => Math.fround(random.normal() * 9)),
    },
  ],
  series: (random, rows) => {
    const offsets = new Int32Array(rows + 1);
    for (let row = 0; row < rows; row++) offsets[row + 1] = offsets[row]! + random.integer(9);
    return [
      {
        kind: "series",
        name: "wave",
        offsets,
        values: Float64Array.from({ length: offsets[rows]! }, () => Math.fround(random.normal())),
      },
    ];
  },
  bytes: (random, rows) => {
    const offsets = new Int32Array(rows + 1);
    for (let row = 0; row < rows; row++) offsets[row + 1] = offsets[row]! + random.integer(5);
    return [
      {
        kind: "bytes",
        name: "blob",
        offsets,
        values: Uint8Array.from({ length: offsets[rows]! }, () => random.integer(256)),
      },
    ];
  },
};
