import { tidelineError } from "@tideline/spec/error";
import type { Column, ColumnKind } from "./column.ts";
import { dictionaryBuilder } from "./dictionary-builder.ts";
import type { PlainValue } from "./frame-of.ts";
import { noneValid, setValid } from "./validity.ts";

type Kind = Exclude<ColumnKind, "vector">;

/** A column of a plain array; kinds as {@link import("./frame-of.ts").frameOf} says. */
export function columnOfArray(name: string, values: readonly PlainValue[]): Column {
  let kind: Kind | undefined;
  for (let row = 0; row < values.length; row++) {
    const own = kindOf(values[row]);
    if (own === undefined) continue;
    if (own === "unknown" || (kind !== undefined && own !== kind))
      throw wrong(name, row, kind ?? "float", describe(values[row]));
    kind = own;
  }
  return MAKE[kind ?? "float"](name, values as readonly never[]);
}

function kindOf(value: unknown): Kind | "unknown" | undefined {
  switch (typeof value) {
    case "number":
      return "float";
    case "bigint":
      return "integer";
    case "boolean":
      return "boolean";
    case "string":
      return "string";
    case "undefined":
      return undefined;
    default:
      if (value === null) return undefined;
      if (value instanceof Date) return "time";
      if (value instanceof Uint8Array) return "bytes";
      return Array.isArray(value) || isNumbers(value) ? "series" : "unknown";
  }
}

function isNumbers(value: unknown): boolean {
  return value instanceof Float32Array || value instanceof Float64Array || value instanceof Int32Array;
}

const MAKE: {
  readonly [K in Kind]: (name: string, values: readonly never[]) => Column;
} = {
  float: (name, values: readonly (number | null | undefined)[]) => {
    const out = new Float64Array(values.length);
    for (let row = 0; row < out.length; row++) out[row] = values[row] ?? Number.NaN;
    return { kind: "float", name, values: out };
  },
  integer: (name, values: readonly (bigint | null | undefined)[]) => {
    const out = new BigInt64Array(values.length);
    for (let row = 0; row < out.length; row++) {
      const value = values[row] ?? 0n;
      if (BigInt.asIntN(64, value) !== value)
        throw wrong(name, row, "integer", `${value}, more than 64 bits with a sign hold`);
      out[row] = value;
    }
    return { kind: "integer", name, values: out, ...validityOf(values) };
  },
  boolean: (name, values: readonly (boolean | null | undefined)[]) => ({
    kind: "boolean",
    name,
    values: Uint8Array.from(values, Number),
    ...validityOf(values),
  }),
  string: (name, values: readonly (string | null | undefined)[]) => {
    const texts = dictionaryBuilder();
    const codes = new Int32Array(values.length);
    for (let row = 0; row < codes.length; row++) codes[row] = texts.codeOf(values[row] ?? null);
    return { kind: "string", name, codes, dictionary: texts.dictionary() };
  },
  time: (name, values: readonly (Date | null | undefined)[]) => {
    const out = new Float64Array(values.length);
    for (let row = 0; row < out.length; row++) {
      const value = values[row];
      if (value instanceof Date && Number.isNaN(value.getTime()))
        throw wrong(name, row, "time", "an invalid Date");
      out[row] = value instanceof Date ? value.getTime() * 1000 : Number.NaN;
    }
    return { kind: "time", name, values: out };
  },
  bytes: (name, values: readonly (Uint8Array | null | undefined)[]) => {
    const offsets = offsetsOf(values);
    const out = new Uint8Array(offsets.at(-1)!);
    for (let row = 0; row < values.length; row++) if (values[row]) out.set(values[row]!, offsets[row]);
    return { kind: "bytes", name, offsets, values: out, ...validityOf(values) };
  },
  series: (name, values: readonly (readonly number[] | null | undefined)[]) => {
    const offsets = offsetsOf(values);
    const first = values.find((value) => value != null)!;
    const width = first.length;
    const even = width > 0 && values.every((value) => value == null || value.length === width);
    if (even) return vectors(name, values, width);
    const whole = values.every((value) => value == null || (value as unknown) instanceof Int32Array);
    const out = whole ? new Int32Array(offsets.at(-1)!) : new Float64Array(offsets.at(-1)!);
    for (let row = 0; row < values.length; row++) setNumbers(name, row, out, values[row], offsets[row]!);
    return { kind: "series", name, offsets, values: out, ...validityOf(values) };
  },
};

function vectors(
  name: string,
  values: readonly (ArrayLike<number> | null | undefined)[],
  width: number,
): Column {
  const single = values.every((value) => value == null || value instanceof Float32Array);
  const length = values.length * width;
  const out = single ? new Float32Array(length) : new Float64Array(length);
  for (let row = 0; row < values.length; row++) {
    if (values[row] == null) out[row * width] = Number.NaN;
    else setNumbers(name, row, out, values[row], row * width);
  }
  return { kind: "vector", name, width, values: out };
}

function setNumbers(
  name: string,
  row: number,
  out: Float32Array | Float64Array | Int32Array,
  numbers: ArrayLike<number> | null | undefined,
  at: number,
): void {
  if (numbers == null) return;
  const odd = Array.isArray(numbers) ? numbers.findIndex((value) => typeof value !== "number") : -1;
  if (odd >= 0) throw wrong(name, row, "series", `${describe(numbers[odd])} at ${odd} of a list`);
  out.set(numbers, at);
}

function offsetsOf(values: readonly (ArrayLike<unknown> | null | undefined)[]): Int32Array {
  const offsets = new Int32Array(values.length + 1);
  for (let row = 0; row < values.length; row++) offsets[row + 1] = offsets[row]! + (values[row]?.length ?? 0);
  return offsets;
}

function validityOf(values: readonly unknown[]): { readonly validity?: Uint8Array } {
  if (values.every((value) => value != null)) return {};
  const validity = noneValid(values.length);
  for (let row = 0; row < values.length; row++) if (values[row] != null) setValid(validity, row);
  return { validity };
}

const EXPECTED: Readonly<Record<Kind, string>> = {
  float: "a number",
  integer: "a bigint of 64 bits",
  boolean: "a boolean",
  string: "a text",
  time: "a valid Date",
  bytes: "a Uint8Array",
  series: "a list of numbers",
};

function describe(value: unknown): string {
  if (typeof value === "string") return `the text ${JSON.stringify(value.slice(0, 40))}`;
  if (value !== null && typeof value === "object")
    return `a value of ${value.constructor?.name ?? "no class"}`;
  return `the ${typeof value} ${String(value)}`;
}

function wrong(name: string, row: number, kind: Kind, received: string): Error {
  return tidelineError("ARGUMENT_INVALID", {
    who: "frameOf",
    field: `column "${name}", row ${row}`,
    expected: `${EXPECTED[kind]} as in the rows before, or null`,
    received,
    remedy: "Give a column one kind of values.",
  });
}
