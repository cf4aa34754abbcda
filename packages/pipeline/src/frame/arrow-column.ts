import { dictionaryBuilder, isValid, type Column, type ColumnSchema } from "@tideline/learn/frame";
import { tidelineError } from "@tideline/spec/error";
import type { ArrowData, ArrowLibrary, ArrowType } from "./arrow-library.ts";

/** Numbers of Arrow's types, as its format lays them down. */
const TYPE = {
  int: 2,
  float: 3,
  binary: 4,
  utf8: 5,
  bool: 6,
  date: 8,
  timestamp: 10,
  list: 12,
  fixedList: 16,
  largeBinary: 19,
  largeUtf8: 20,
  dictionary: -1,
};

/** Texts of any layout; views are what polars writes. */
const isText = (type: ArrowType): boolean =>
  type.typeId === TYPE.utf8 || type.typeId === TYPE.largeUtf8 || String(type) === "Utf8View";

/** What a frame holds of a field. @throws ARGUMENT_INVALID for a type that no column holds. */
export function schemaOfArrow(
  who: string,
  name: string,
  type: ArrowType,
  declared?: ColumnSchema,
): ColumnSchema {
  const unit = declared?.unit === undefined ? {} : { unit: declared.unit };
  const numbers = (child: ArrowType | undefined): boolean =>
    (child?.typeId === TYPE.float && child.precision !== 0) ||
    (child?.typeId === TYPE.int && child.bitWidth === 32 && child.isSigned === true);
  const inner = type.children?.[0]?.type;
  if (type.typeId === TYPE.int) return { name, kind: "integer", ...unit };
  if (type.typeId === TYPE.float && type.precision !== 0) return { name, kind: "float", ...unit };
  if (type.typeId === TYPE.bool) return { name, kind: "boolean" };
  if (isText(type)) return { name, kind: "string" };
  if (type.typeId === TYPE.dictionary && type.dictionary !== undefined && isText(type.dictionary))
    return { name, kind: "string" };
  if (type.typeId === TYPE.date || type.typeId === TYPE.timestamp) return { name, kind: "time" };
  if (type.typeId === TYPE.binary) return { name, kind: "bytes" };
  if (type.typeId === TYPE.list && numbers(inner)) return { name, kind: "series" };
  if (type.typeId === TYPE.fixedList && inner?.typeId === TYPE.float && inner.precision !== 0)
    return { name, kind: "vector", width: type.listSize!, ...unit };
  throw tidelineError("ARGUMENT_INVALID", {
    who,
    field: `column ${JSON.stringify(name)}`,
    expected: "numbers, texts, truths, times, binaries, or lists of float32, float64 or int32",
    received: String(type),
    remedy: "Cast it where the file is written.",
  });
}

/** A column of a batch. */
export function columnOfArrow(
  who: string,
  schema: ColumnSchema,
  data: ArrowData,
  Vector: ArrowLibrary["Vector"],
): Column {
  if (data.offset !== 0) throw new Error(`${who}: expected arrays from their first row`);
  const rows = data.length;
  const bitmap = data.nullCount > 0 ? data.nullBitmap?.slice(0, Math.ceil(rows / 8)) : undefined;
  const validity = bitmap === undefined ? {} : { validity: bitmap };
  const { name } = schema;
  switch (schema.kind) {
    case "float":
      return {
        ...schema,
        kind: "float",
        values: nanWhere(bitmap, copy(data.values as Float64Array, rows), 1),
      };
    case "vector": {
      const width = schema.width!;
      const child = data.children[0]!;
      const own = child.nullCount > 0 ? child.nullBitmap : undefined;
      const values = nanWhere(own, copy(child.values as Float64Array, rows * width), 1);
      return { ...schema, kind: "vector", width, values: nanWhere(bitmap, values, width) };
    }
    case "integer": {
      const values = copy(data.values as Int32Array, rows);
      if (bitmap !== undefined)
        for (let row = 0; row < rows; row++)
          if (!isValid(bitmap, row)) values[row] = (typeof values[row] === "bigint" ? 0n : 0) as number;
      return { ...schema, kind: "integer", values, ...validity };
    }
    case "boolean": {
      const values = new Uint8Array(rows);
      for (let row = 0; row < rows; row++)
        values[row] = isValid(bitmap, row) && isValid(data.values as unknown as Uint8Array, row) ? 1 : 0;
      return { kind: "boolean", name, values, ...validity };
    }
    case "time":
      return { kind: "time", name, values: times(data, bitmap) };
    case "string":
      return {
        kind: "string",
        name,
        ...textsOf(data, bitmap, Vector),
      };
    case "series": {
      const offsets = data.valueOffsets.slice(0, rows + 1) as Int32Array;
      const child = data.children[0]!;
      const values = copy(child.values as Float64Array, offsets[rows]!);
      if (child.nullCount > 0 && (values as unknown) instanceof Int32Array)
        throw new Error(`column "${name}": expected lists of integers without null`);
      return {
        kind: "series",
        name,
        offsets,
        values: nanWhere(child.nullCount > 0 ? child.nullBitmap : undefined, values, 1),
        ...validity,
      };
    }
    case "bytes": {
      const offsets = data.valueOffsets.slice(0, rows + 1) as Int32Array;
      return {
        kind: "bytes",
        name,
        offsets,
        values: copy(data.values as unknown as Uint8Array, offsets[rows]!),
        ...validity,
      };
    }
  }
}

/** The first elements of an array, which do not hold the batch they came with. */
function copy<Values extends { slice(from: number, to: number): Values }>(
  values: Values,
  length: number,
): Values {
  return values.slice(0, length);
}

function nanWhere<Values extends Float64Array>(
  bitmap: Uint8Array | undefined,
  values: Values,
  width: number,
): Values {
  if (bitmap !== undefined)
    for (let row = 0; row * width < values.length; row++)
      if (!isValid(bitmap, row)) values.fill(Number.NaN, row * width, (row + 1) * width);
  return values;
}

/** Microseconds of the units of timestamps: seconds, milliseconds, microseconds, nanoseconds. */
const MICROS = [1_000_000n, 1000n, 1n];

function times({ type, values, length }: ArrowData, bitmap: Uint8Array | undefined): Float64Array {
  const out = new Float64Array(length);
  const days = type.typeId === TYPE.date && type.unit === 0;
  const unit = type.typeId === TYPE.date ? 1 : type.unit!;
  for (let row = 0; row < length; row++) {
    if (!isValid(bitmap, row)) out[row] = Number.NaN;
    else if (days) out[row] = Number(values[row]) * 86_400e6;
    else if (unit === 3) out[row] = Number(BigInt(values[row]!) / 1000n);
    else out[row] = Number(BigInt(values[row]!) * MICROS[unit]!);
  }
  return out;
}

function textsOf(data: ArrowData, bitmap: Uint8Array | undefined, Vector: ArrowLibrary["Vector"]) {
  if (data.dictionary !== undefined) return codes(data, bitmap);
  if (data.type.typeId === TYPE.utf8) return texts(data, bitmap);
  const builder = dictionaryBuilder();
  const all = new Vector([data]);
  const own = Int32Array.from({ length: data.length }, (_, row) => builder.codeOf(all.get(row)));
  return { codes: own, dictionary: builder.dictionary() };
}

function texts({ values, valueOffsets, length }: ArrowData, bitmap: Uint8Array | undefined) {
  const builder = dictionaryBuilder();
  const own = new Int32Array(length);
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  for (let row = 0; row < length; row++)
    own[row] = isValid(bitmap, row)
      ? builder.codeOf(bytes.toString("utf8", Number(valueOffsets[row]), Number(valueOffsets[row + 1])))
      : -1;
  return { codes: own, dictionary: builder.dictionary() };
}

function codes({ values, dictionary, length }: ArrowData, bitmap: Uint8Array | undefined) {
  const builder = dictionaryBuilder();
  const known = Int32Array.from({ length: dictionary!.length }, (_, at) =>
    builder.codeOf(dictionary!.get(at)),
  );
  const own = new Int32Array(length);
  for (let row = 0; row < length; row++) own[row] = isValid(bitmap, row) ? known[Number(values[row])]! : -1;
  return { codes: own, dictionary: builder.dictionary() };
}
