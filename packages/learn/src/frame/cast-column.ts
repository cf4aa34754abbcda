import { tidelineError } from "@tideline/spec/error";
import type { Column, ColumnKind } from "./column.ts";
import { dictionaryBuilder } from "./dictionary-builder.ts";
import { isWide } from "./integer-array.ts";
import { numbersOf } from "./numbers-of.ts";
import { parseBooleanText, parseFloatText, parseIntegerText, parseTimeText, timeText } from "./parse-text.ts";
import { isMissing, noneValid, setValid } from "./validity.ts";

/** Kinds that {@link castColumn} casts between. */
export type CastKind = Extract<ColumnKind, "float" | "integer" | "boolean" | "string" | "time">;

/** Options of {@link castColumn}. */
export interface CastOptions {
  /** What a number counts as a time, and a time as a number. Default `"us"`, microseconds. */
  readonly per?: "s" | "ms" | "us";
  /** The instant of what a clock shows where a text names no zone, both in microseconds. Default: it shows UTC. */
  readonly instantOf?: (shown: number) => number;
}

/** A column of another kind. */
export interface Cast {
  readonly column: Column;
  /** Rows whose value has no form in the kind: they are missing now. */
  readonly failed: number;
  /** The first of them, -1 where there is none. */
  readonly firstFailed: number;
}

/** What a value of the source is, before it becomes one of the target; undefined where it has no form. */
type Read = (row: number) => number | bigint | boolean | string | undefined;

const MICROS = { s: 1_000_000, ms: 1000, us: 1 } as const;

/**
 * A column cast to another kind; missing stays missing, and what cannot be said in the kind becomes missing and is
 * counted. Texts are read as decimal numbers, `true`/`t`/`yes`/`y`/`1` and their opposites, and ISO 8601 (UTC where no
 * zone is named), each distinct one once; floats become integers where they are whole and safe, booleans where they
 * are 0 or 1; integers are 64 bits wide.
 *
 * @throws ARGUMENT_INVALID for vectors, series and bytes.
 * @example
 * const { column, failed, firstFailed } = castColumn(columnNamed(rows, "price"), "float");
 */
export function castColumn(
  column: Column,
  kind: CastKind,
  { per = "us", instantOf }: CastOptions = {},
): Cast {
  if (column.kind === "vector" || column.kind === "series" || column.kind === "bytes")
    throw tidelineError("ARGUMENT_INVALID", {
      who: "castColumn",
      field: `column "${column.name}"`,
      expected: "numbers, texts, truths or times",
      received: `a ${column.kind} column`,
    });
  if (column.kind === kind) return { column, failed: 0, firstFailed: -1 };
  const rows = "codes" in column ? column.codes.length : column.values.length;
  const read = reader(column, kind, MICROS[per], instantOf);
  let [failed, firstFailed] = [0, -1];
  const take: Read = (row) => {
    if (isMissing(column, row)) return undefined;
    const value = read(row);
    if (value === undefined && failed++ === 0) firstFailed = row;
    return value;
  };
  const unit = "unit" in column && column.unit !== undefined && (kind === "float" || kind === "integer");
  const made = build(column.name, kind, rows, take);
  return { column: unit ? ({ ...made, unit: column.unit } as Column) : made, failed, firstFailed };
}

type Source = Exclude<Column, { readonly kind: "vector" | "series" | "bytes" }>;

function reader(column: Source, kind: CastKind, micros: number, instantOf: CastOptions["instantOf"]): Read {
  if (column.kind === "string") {
    const parse: Readonly<Record<string, (text: string) => number | bigint | boolean | undefined>> = {
      float: parseFloatText,
      integer: parseIntegerText,
      boolean: parseBooleanText,
      time: (text) => parseTimeText(text, instantOf),
    };
    const parsed = column.dictionary.map((text) => parse[kind]!(text));
    return (row) => parsed[column.codes[row]!];
  }
  if (column.kind === "boolean" && kind !== "time")
    return (row) => (kind === "string" ? column.values[row] === 1 : column.values[row]!);
  if (column.kind === "integer" && (kind === "string" || kind === "integer"))
    return (row) => column.values[row]!;
  if (column.kind === "integer" && isWide(column.values) && kind === "boolean")
    return (row) => truth(Number(column.values[row]));
  const numbers = numbersOf(column);
  const from = column.kind === "time";
  switch (kind) {
    case "boolean":
      return (row) => truth(numbers[row]!);
    case "time":
      return (row) => whole(Math.round(numbers[row]! * micros));
    case "string":
      return from ? (row) => written(numbers[row]!) : (row) => numbers[row]!;
    case "integer":
      return (row) => whole(from ? Math.floor(numbers[row]! / micros) : numbers[row]!);
    default:
      return from ? (row) => numbers[row]! / micros : (row) => numbers[row]!;
  }
}

const truth = (value: number): number | undefined => (value === 0 || value === 1 ? value : undefined);
const whole = (value: number): number | undefined => (Number.isSafeInteger(value) ? value : undefined);
/** Dates of ECMAScript end 8.64e15 ms from 1970. */
const written = (micros: number): string | undefined =>
  Math.abs(micros) <= 8.64e18 ? timeText(micros) : undefined;

function build(name: string, kind: CastKind, rows: number, take: Read): Column {
  switch (kind) {
    case "float":
    case "time": {
      const values = new Float64Array(rows);
      for (let row = 0; row < rows; row++) values[row] = Number(take(row) ?? Number.NaN);
      return { kind, name, values };
    }
    case "string": {
      const texts = dictionaryBuilder();
      const codes = new Int32Array(rows);
      for (let row = 0; row < rows; row++) {
        const value = take(row);
        codes[row] = texts.codeOf(value === undefined ? null : String(value));
      }
      return { kind, name, codes, dictionary: texts.dictionary() };
    }
    case "boolean":
    case "integer": {
      const values = kind === "boolean" ? new Uint8Array(rows) : new BigInt64Array(rows);
      const validity = noneValid(rows);
      let present = 0;
      for (let row = 0; row < rows; row++) {
        const value = take(row);
        if (value === undefined) continue;
        values[row] = kind === "boolean" ? Number(value) : BigInt(value as number);
        setValid(validity, row);
        present++;
      }
      return { kind, name, values, ...(present === rows ? {} : { validity }) } as Column;
    }
  }
}
