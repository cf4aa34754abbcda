import { readFileSync } from "node:fs";
import type { Column, Frame } from "../../../frame/column.ts";
import { frame } from "../../../frame/frame.ts";
import { noneValid, setValid } from "../../../frame/validity.ts";
import type { Labels } from "../../transform-def.ts";

/** A file of `vectors/prepare/category`. */
export function vectorsOf<Shape>(name: string): Shape {
  const file = new URL(`../../../../../../vectors/prepare/category/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as Shape;
}

interface Table {
  readonly city: readonly (string | null)[];
  readonly colour: readonly (string | null)[];
  readonly floor: readonly number[];
}

const ROWS = vectorsOf<{
  readonly train: Table;
  readonly new: Table;
  readonly binary: readonly number[];
  readonly several: readonly number[];
  readonly values: readonly number[];
  readonly fold: readonly number[];
}>("rows");

/** A column of texts by a dictionary in the order in which they come. */
export function texts(name: string, values: readonly (string | null)[]): Column {
  const dictionary = [...new Set(values.filter((value) => value !== null))];
  const codes = Int32Array.from(values, (value) => (value === null ? -1 : dictionary.indexOf(value)));
  return { kind: "string", name, codes, dictionary };
}

/** A column of whole numbers. */
export function integers(name: string, values: readonly (number | null)[]): Column {
  const validity = noneValid(values.length);
  for (const [row, value] of values.entries()) if (value !== null) setValid(validity, row);
  return { kind: "integer", name, values: Int32Array.from(values, (value) => value ?? 0), validity };
}

function frameOf(table: Table): Frame {
  return frame([texts("city", table.city), texts("colour", table.colour), integers("floor", table.floor)]);
}

/** Rows that vectors were fitted on, and rows that came after. */
export const TRAIN = frameOf(ROWS.train);
export const NEW = frameOf(ROWS.new);
export const FOLD = Int32Array.from(ROWS.fold);

/** Labels of the training rows. */
export const LABELS = {
  binary: { kind: "classes", y: Int32Array.from(ROWS.binary), classes: ["no", "yes"] },
  multiclass: { kind: "classes", y: Int32Array.from(ROWS.several), classes: ["a", "b", "c"] },
  continuous: { kind: "values", y: Float64Array.from(ROWS.values) },
} satisfies Record<string, Labels>;

/** The numbers of columns by row; null for NaN, as JSON has it. */
export function matrixOf(rows: Frame, names = rows.columns.map(({ name }) => name)): (number | null)[][] {
  const columns = names.map((name) => rows.columns.find((column) => column.name === name)!);
  return Array.from({ length: rows.rows }, (_, row) =>
    columns.flatMap((column) => {
      if (!("values" in column)) throw new Error(column.kind);
      const width = column.kind === "vector" ? column.width : 1;
      return Array.from({ length: width }, (_, at) => {
        const value = Number(column.values[row * width + at]);
        return Number.isNaN(value) ? null : value;
      });
    }),
  );
}

/** The texts of a column; null for what is missing. */
export function textsOf(rows: Frame, name: string): (string | null)[] {
  const column = rows.columns.find((one) => one.name === name)!;
  if (column.kind !== "string") throw new Error(column.kind);
  return Array.from(column.codes, (code) => column.dictionary[code] ?? null);
}
