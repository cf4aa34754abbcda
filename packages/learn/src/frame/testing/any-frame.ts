import * as fc from "fast-check";
import type { ColumnKind, Frame } from "../column.ts";
import { frameOf, type PlainColumn, type PlainValue } from "../frame-of.ts";
import { sliceRows } from "../slice-rows.ts";
import { isMissing } from "../validity.ts";

/** Random columns as plain arrays, one of each kind with missing values among them, all of the same length. */
export function anyPlainColumns(maxRows = 40): fc.Arbitrary<Record<string, PlainColumn>> {
  const orNull = <One>(value: fc.Arbitrary<One>, rows: number) =>
    fc.array(fc.option(value, { freq: 4 }), { minLength: rows, maxLength: rows });
  return fc.integer({ min: 0, max: maxRows }).chain((rows) =>
    fc.record({
      float: orNull(fc.double({ noNaN: true }), rows),
      single: fc
        .array(fc.float(), { minLength: rows, maxLength: rows })
        .map((values) => Float32Array.from(values)),
      small: fc
        .array(fc.integer({ min: -128, max: 127 }), { minLength: rows, maxLength: rows })
        .map((values) => Int8Array.from(values)),
      whole: orNull(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), rows),
      truth: orNull(fc.boolean(), rows),
      text: orNull(
        fc.oneof(fc.constantFrom("a", "b", "", 'x"y', "é, z\n"), fc.string({ unit: "grapheme" })),
        rows,
      ),
      time: orNull(
        fc.date({ noInvalidDate: true, min: new Date("1800-01-01"), max: new Date("2200-01-01") }),
        rows,
      ),
      vector: orNull(fc.array(fc.double({ noNaN: true }), { minLength: 3, maxLength: 3 }), rows),
      series: orNull(fc.array(fc.double({ noNaN: true }), { maxLength: 4 }), rows),
      bytes: orNull(fc.uint8Array({ maxLength: 5 }), rows),
    }),
  ) as fc.Arbitrary<Record<string, PlainColumn>>;
}

/** Random frames of every kind of column, always the same kinds; views where they can be. */
export const anyFrame = (maxRows?: number): fc.Arbitrary<Frame> =>
  anyPlainColumns(maxRows).map((columns) => {
    const rows = (columns["text"] as readonly string[]).length;
    const typed = frameOf(
      Object.fromEntries(
        Object.entries(columns).map(([name, values]) => [
          name,
          Array.isArray(values) ? [...(values as readonly PlainValue[]), ...KINDS[name]!] : withZeros(values),
        ]),
      ),
    );
    return sliceRows(typed, 0, rows);
  });

/** Two rows that say the kind of a plain array, whatever stands before. */
const KINDS: Readonly<Record<string, readonly PlainValue[]>> = {
  float: [0, 0],
  whole: [0n, 0n],
  truth: [true, true],
  text: ["", ""],
  time: [new Date(0), null],
  vector: [[0, 0, 0], null],
  series: [[], [0]],
  bytes: [new Uint8Array(1), null],
};

function withZeros(values: PlainColumn): PlainColumn {
  const Values = values.constructor as new (length: number) => Float32Array;
  const longer = new Values((values as Float32Array).length + 2);
  longer.set(values as Float32Array);
  return longer;
}

/** A value of a frame as something to compare; slow and obvious. */
export function cell(rows: Frame, name: string, row: number): PlainValue {
  const column = rows.columns.find((one) => one.name === name)!;
  if (isMissing(column, row)) return null;
  const kind: ColumnKind = column.kind;
  switch (column.kind) {
    case "string":
      return column.dictionary[column.codes[row]!]!;
    case "vector":
      return Array.from(column.values.subarray(row * column.width, (row + 1) * column.width));
    case "series":
    case "bytes":
      return Array.from(column.values.subarray(column.offsets[row], column.offsets[row + 1]));
    default:
      return kind === "boolean" ? column.values[row] === 1 : column.values[row]!;
  }
}

/** A frame as rows of {@link cell}s. */
export function cells(rows: Frame): PlainValue[][] {
  return Array.from({ length: rows.rows }, (_, row) => rows.columns.map(({ name }) => cell(rows, name, row)));
}
