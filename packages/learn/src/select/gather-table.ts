import type { Column } from "../frame/column.ts";
import { numbersOf } from "../frame/numbers-of.ts";
import type { Labels } from "../transform/transform-def.ts";
import type { SelectColumn, SelectTable } from "./select-table.ts";

/** Rows that come in pieces, kept until all are there. */
export interface GatheredRows {
  /** Takes rows; keeps no view of them. */
  add(columns: readonly Column[], rows: number, labels: Labels | undefined): void;
  table(): SelectTable;
  /** Undefined where no piece had any. */
  labels(): Labels | undefined;
}

/** Gathers columns of a schema; those of other kinds than numbers and texts by their name alone. */
export function gatherRows(names: readonly string[]): GatheredRows {
  const gathered = names.map((): Gathered => ({
    kind: "none",
    pieces: [],
    codes: new Map(),
    dictionary: [],
  }));
  const labels: Labels[] = [];
  let count = 0;
  return {
    add(columns, rows, own) {
      count += rows;
      for (const [at, column] of columns.entries()) take(gathered[at]!, column);
      if (own !== undefined) labels.push(copied(own));
    },
    table() {
      const columns = gathered.flatMap((own, at) => columnOf(names[at]!, own, count));
      const known = new Set(columns.map(({ name }) => name));
      return Object.freeze({ rows: count, columns, others: names.filter((name) => !known.has(name)), names });
    },
    labels() {
      const [first] = labels;
      if (first === undefined || labels.length === 1) return first;
      const y = joined(labels.map((own) => own.y));
      return first.kind === "values"
        ? { kind: "values", y: Float64Array.from(y) }
        : { ...first, y: Int32Array.from(y) };
    },
  };
}

interface Gathered {
  kind: "none" | "numbers" | "truths" | "texts";
  readonly pieces: (Float64Array | Int32Array)[];
  readonly codes: Map<string, number>;
  readonly dictionary: string[];
}

function take(own: Gathered, column: Column): void {
  switch (column.kind) {
    case "string": {
      own.kind = "texts";
      // Pieces may have dictionaries of their own.
      const places = Int32Array.from(column.dictionary, (text) => {
        const known = own.codes.get(text);
        if (known !== undefined) return known;
        own.codes.set(text, own.dictionary.length);
        return own.dictionary.push(text) - 1;
      });
      own.pieces.push(column.codes.map((code) => (code < 0 ? -1 : places[code]!)));
      return;
    }
    case "float":
    case "time":
    case "integer":
    case "boolean":
      own.kind = column.kind === "boolean" ? "truths" : "numbers";
      own.pieces.push(Float64Array.from(numbersOf(column)));
      return;
    default:
  }
}

function columnOf(name: string, own: Gathered, rows: number): readonly SelectColumn[] {
  if (own.kind === "none") return [];
  if (own.kind === "texts") {
    const codes = new Int32Array(rows);
    fill(codes, own.pieces);
    return [{ kind: "texts", name, codes, dictionary: own.dictionary }];
  }
  const values = new Float64Array(rows);
  fill(values, own.pieces);
  return [{ kind: "numbers", name, discrete: own.kind === "truths", read: () => values }];
}

function fill(into: Float64Array | Int32Array, pieces: readonly ArrayLike<number>[]): void {
  let at = 0;
  for (const piece of pieces) {
    into.set(piece, at);
    at += piece.length;
  }
}

function joined(pieces: readonly ArrayLike<number>[]): Float64Array {
  const out = new Float64Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  fill(out, pieces);
  return out;
}

function copied(labels: Labels): Labels {
  return labels.kind === "values"
    ? { kind: "values", y: labels.y.slice() }
    : { ...labels, y: labels.y.slice() };
}
