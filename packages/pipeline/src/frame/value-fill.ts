import {
  dictionaryBuilder,
  noneValid,
  parseTimeText,
  setValid,
  type Column,
  type ColumnSchema,
} from "@tideline/learn/frame";

/** A column in the making, from values of JSON. */
export interface ValueFill {
  /** Writes the value of a row (rows ascend, the last one may be written again). Says what is wrong with it, if anything. */
  set(row: number, value: unknown): string | undefined;
  /** The column of the first `rows` rows; the next piece begins. */
  piece(rows: number): Column;
}

/** A fill of pieces of up to `capacity` rows. */
export function valueFill(schema: ColumnSchema, capacity: number): ValueFill {
  const { name, kind } = schema;
  switch (kind) {
    case "float":
      return plain(
        capacity,
        (count) => new Float64Array(count),
        Number.NaN,
        floatOf,
        (values) => ({ ...schema, kind, values }),
      );
    case "time":
      return plain(
        capacity,
        (count) => new Float64Array(count),
        Number.NaN,
        timeOf,
        (values) => ({ kind, name, values }),
      );
    case "integer":
      return plain(
        capacity,
        (count) => new BigInt64Array(count),
        0n,
        integerOf,
        (values, validity) => ({ ...schema, kind, values, ...validity }),
      );
    case "boolean":
      return plain(
        capacity,
        (count) => new Uint8Array(count),
        0,
        truthOf,
        (values, validity) => ({ kind, name, values, ...validity }),
      );
    case "string":
      return textFill(name, capacity);
    case "vector":
      return vectorFill(schema, capacity);
    case "series":
      return listFill(schema, capacity, numbersOf, (count) => new Float64Array(count));
    case "bytes":
      return listFill(schema, capacity, bytesOf, (count) => new Uint8Array(count));
  }
}

type Bits = { readonly validity?: Uint8Array };

function plain<Values extends Float64Array | BigInt64Array | Uint8Array, Value extends number | bigint>(
  capacity: number,
  make: (count: number) => Values,
  absent: Value,
  read: (value: unknown) => Value | string,
  column: (values: Values, bits: Bits) => Column,
): ValueFill {
  let values = make(capacity);
  let present = noneValid(capacity);
  let none = false;
  return {
    set(row, value) {
      const own = value === null ? absent : read(value);
      if (typeof own === "string") return own;
      (values as Float64Array)[row] = own as number;
      if (value === null) {
        none = true;
        present[row >> 3]! &= ~(1 << (row & 7));
      } else setValid(present, row);
      return undefined;
    },
    piece(rows) {
      const made = column(
        values.slice(0, rows) as Values,
        none ? { validity: present.slice(0, Math.ceil(rows / 8)) } : {},
      );
      [values, present, none] = [make(capacity), noneValid(capacity), false];
      return made;
    },
  };
}

function textFill(name: string, capacity: number): ValueFill {
  let texts = dictionaryBuilder();
  const codes = new Int32Array(capacity);
  return {
    set(row, value) {
      if (value !== null && typeof value !== "string") return expected("a text", value);
      codes[row] = texts.codeOf(value);
      return undefined;
    },
    piece(rows) {
      const dictionary = texts.dictionary();
      // A column of ids takes no more memory than a piece.
      if (texts.size > 65_536) texts = dictionaryBuilder();
      return { kind: "string", name, codes: codes.slice(0, rows), dictionary };
    },
  };
}

function vectorFill(schema: ColumnSchema, capacity: number): ValueFill {
  const width = schema.width!;
  let values = new Float64Array(capacity * width);
  return {
    set(row, value) {
      if (value === null) {
        values.fill(Number.NaN, row * width, (row + 1) * width);
        return undefined;
      }
      const own = numbersOf(value);
      if (typeof own === "string") return own;
      if (own.length !== width) return `expected ${width} numbers, received ${own.length}`;
      values.set(own, row * width);
      return undefined;
    },
    piece(rows) {
      const own = values.slice(0, rows * width);
      values = new Float64Array(capacity * width);
      return { ...schema, kind: "vector", width, values: own };
    },
  };
}

function listFill(
  schema: ColumnSchema,
  capacity: number,
  read: (value: unknown) => ArrayLike<number> | string,
  make: (count: number) => Float64Array | Uint8Array,
): ValueFill {
  let offsets = new Int32Array(capacity + 1);
  let present = noneValid(capacity);
  let parts: (ArrayLike<number> | undefined)[] = [];
  let none = false;
  return {
    set(row, value) {
      const own = value === null ? undefined : read(value);
      if (typeof own === "string") return own;
      const end = offsets[row]! + (own?.length ?? 0);
      if (end > 0x7fff_ffff) return "a piece of more than 2^31 elements";
      parts[row] = own;
      offsets[row + 1] = end;
      if (own === undefined) {
        none = true;
        present[row >> 3]! &= ~(1 << (row & 7));
      } else setValid(present, row);
      return undefined;
    },
    piece(rows) {
      const values = make(offsets[rows]!);
      for (let row = 0; row < rows; row++)
        if (parts[row] !== undefined) values.set(parts[row]!, offsets[row]);
      const bits = none ? { validity: present.slice(0, Math.ceil(rows / 8)) } : {};
      const made = { ...schema, offsets: offsets.slice(0, rows + 1), values, ...bits } as Column;
      [offsets, present, parts, none] = [new Int32Array(capacity + 1), noneValid(capacity), [], false];
      return made;
    },
  };
}

const ODD: ReadonlyMap<unknown, number> = new Map([
  ["NaN", Number.NaN],
  ["Infinity", Infinity],
  ["-Infinity", -Infinity],
]);

function floatOf(value: unknown): number | string {
  if (typeof value === "number") return value;
  return typeof value === "bigint" ? Number(value) : (ODD.get(value) ?? expected("a number", value));
}

function integerOf(value: unknown): bigint | string {
  if (typeof value === "number" && Number.isSafeInteger(value)) return BigInt(value);
  if (typeof value === "bigint" && BigInt.asIntN(64, value) === value) return value;
  return expected("a whole number of 64 bits", value);
}

function truthOf(value: unknown): number | string {
  return typeof value === "boolean" ? Number(value) : expected("true or false", value);
}

function timeOf(value: unknown): number | string {
  const time = typeof value === "string" ? parseTimeText(value) : undefined;
  return time ?? expected("a time as ISO 8601", value);
}

function numbersOf(value: unknown): Float64Array | string {
  if (!Array.isArray(value)) return expected("a list of numbers", value);
  const numbers = new Float64Array(value.length);
  for (let at = 0; at < numbers.length; at++) {
    const own = value[at] === null ? Number.NaN : floatOf(value[at]);
    if (typeof own === "string") return `${own} at ${at} of a list`;
    numbers[at] = own;
  }
  return numbers;
}

function bytesOf(value: unknown): Uint8Array | string {
  if (typeof value !== "string") return expected("bytes as base64", value);
  const bytes = Buffer.from(value, "base64");
  return bytes.toString("base64") === value ? bytes : expected("bytes as base64", value);
}

/** A value in words. What is nested is not written: it may be as deep as a line is long. */
function received(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object" && value !== null) return "an object";
  return typeof value === "string" ? JSON.stringify(value.slice(0, 100)) : String(value);
}

function expected(what: string, value: unknown): string {
  const text = received(value);
  return `expected ${what}, received ${text.length > 60 ? `${text.slice(0, 60)}...` : text}`;
}
