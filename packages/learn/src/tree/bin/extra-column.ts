import type { NumericArray, TreeColumn } from "../tree-table.ts";
import { mergedCodes } from "./merged-code.ts";

type NumericKind = new (length: number) => NumericArray;

/** A column that is kept whole while chunks pass by twice. */
export interface ExtraColumn extends Pick<TreeColumn, "kind" | "name"> {
  /** A chunk of the first pass. */
  see(column: TreeColumn): void;
  /** Makes room. */
  open(rows: number): void;
  /** A chunk of the second pass, whose first row is row `start`. */
  put(column: TreeColumn, start: number): void;
  column(): TreeColumn;
}

function numericExtra(name: string): ExtraColumn {
  let Kind: NumericKind | undefined;
  let values: NumericArray = new Float64Array(0);
  return {
    kind: "numeric",
    name,
    see(column) {
      if (column.kind !== "numeric") return;
      const own = column.values.constructor as NumericKind;
      // float64 holds the numbers of all other kinds.
      Kind = Kind === undefined || Kind === own ? own : Float64Array;
    },
    open(rows) {
      values = new (Kind ?? Float64Array)(rows);
    },
    put(column, start) {
      if (column.kind === "numeric") values.set(column.values, start);
    },
    column: () => Object.freeze({ kind: "numeric", name, values }),
  };
}

function categoricalExtra(who: string, name: string): ExtraColumn {
  const merged = mergedCodes(who, name);
  let codes = new Int32Array(0);
  return {
    kind: "categorical",
    name,
    see() {},
    open(rows) {
      codes = new Int32Array(rows);
    },
    put(column, start) {
      if (column.kind !== "categorical") return;
      const own = merged.codesOf(column);
      for (let row = 0; row < column.codes.length; row++) codes[start + row] = own[column.codes[row]!] ?? -1;
    },
    column: () =>
      Object.freeze({ kind: "categorical", name, codes, categories: Object.freeze([...merged.categories]) }),
  };
}

/** A column to be kept: numbers in the array type of the chunks, categories as codes of one list. */
export function extraColumn(who: string, { kind, name }: TreeColumn): ExtraColumn {
  return kind === "numeric" ? numericExtra(name) : categoricalExtra(who, name);
}
