import type { DuckDBBlobVector, DuckDBVector } from "@duckdb/node-api";
import { DuckDBDoubleVector, DuckDBFloatVector, DuckDBIntegerVector, DuckDBTypeId } from "@duckdb/node-api";
import type { Column, ColumnSchema, IntegerArray } from "@tideline/learn/frame";
import { fillBits, isValid, noneValid } from "@tideline/learn/frame";
import { tidelineError } from "@tideline/spec/error";
import { ragged } from "./fill-ragged.ts";
import { textCodes } from "./text-codes.ts";
import { bytesOf, childOf, itemsOf, validityOf } from "./vector-access.ts";

/** Collects the chunks of a column into pieces. */
export interface ColumnFill {
  /** Takes a chunk's vector. */
  add(vector: DuckDBVector, rows: number): void;
  /** The column of the rows since the last piece. */
  piece(): Column;
}

/** A fill of pieces of up to `capacity` rows. */
export function columnFill(schema: ColumnSchema, capacity: number): ColumnFill {
  switch (schema.kind) {
    case "float":
      return floatFill(schema, capacity, 1);
    case "vector":
      return floatFill(schema, capacity, schema.width!);
    case "time":
      return timeFill(schema, capacity);
    case "integer":
    case "boolean":
      return integerFill(schema, capacity);
    case "string":
      return textFill(schema, capacity);
    case "series":
      return ragged(schema, capacity, (vector) => numbersOfList(schema.name, vector));
    case "bytes":
      return ragged(schema, capacity, (vector, row) => (vector as DuckDBBlobVector).getItemBytes(row));
  }
}

/** An array that is given away when a piece ends, whole or cut to the rows that came. */
function handOver<Values extends { readonly length: number; slice(from: number, to: number): Values }>(
  values: Values,
  length: number,
): Values {
  return values.length === length ? values : values.slice(0, length);
}

function floatFill(schema: ColumnSchema, capacity: number, width: number): ColumnFill {
  let values: Float32Array | Float64Array | undefined;
  let rows = 0;
  return {
    add(vector, count) {
      const child = width === 1 && schema.kind === "float" ? vector : childOf(vector);
      const items = itemsOf<Float32Array | Float64Array>(child);
      values ??=
        items instanceof Float32Array
          ? new Float32Array(capacity * width)
          : new Float64Array(capacity * width);
      values.set(items.length === count * width ? items : items.subarray(0, count * width), rows * width);
      const nan = (validity: Uint8Array | undefined, each: number, total: number): void => {
        if (validity === undefined) return;
        for (let row = 0; row < total; row++) {
          // Eight rows at a time while none is missing.
          if ((row & 7) === 0 && validity[row >> 3] === 255) row += 7;
          else if (!isValid(validity, row))
            values!.fill(Number.NaN, rows * width + row * each, rows * width + (row + 1) * each);
        }
      };
      if (child !== vector) nan(validityOf(child), 1, count * width);
      nan(validityOf(vector), width, count);
      rows += count;
    },
    piece() {
      const own = handOver(values ?? new Float64Array(0), rows * width) as Float64Array;
      [values, rows] = [undefined, 0];
      return { ...schema, values: own } as Column;
    },
  };
}

function timeFill({ name }: ColumnSchema, capacity: number): ColumnFill {
  let values: Float64Array | undefined;
  let rows = 0;
  return {
    add(vector, count) {
      values ??= new Float64Array(capacity);
      const items = itemsOf<BigInt64Array>(vector);
      const low = new Uint32Array(items.buffer, items.byteOffset, count * 2);
      const high = new Int32Array(items.buffer, items.byteOffset, count * 2);
      const validity = validityOf(vector);
      for (let row = 0; row < count; row++)
        values[rows + row] =
          validity === undefined || isValid(validity, row)
            ? high[2 * row + 1]! * 0x1_0000_0000 + low[2 * row]!
            : Number.NaN;
      rows += count;
    },
    piece() {
      const own = handOver(values ?? new Float64Array(0), rows);
      [values, rows] = [undefined, 0];
      return { kind: "time", name, values: own };
    },
  };
}

function integerFill(schema: ColumnSchema, capacity: number): ColumnFill {
  let values: IntegerArray | undefined;
  let validity: Uint8Array | undefined;
  let [rows, absent] = [0, 0];
  return {
    add(vector, count) {
      const items =
        vector.type.typeId === DuckDBTypeId.BOOLEAN ? bytesOf(vector) : itemsOf<IntegerArray>(vector);
      values ??= new (items.constructor as new (length: number) => IntegerArray)(capacity);
      (values as Int32Array).set((items as Int32Array).subarray(0, count), rows);
      const bits = validityOf(vector);
      if (bits !== undefined && validity === undefined) {
        validity = noneValid(capacity);
        fillBits(validity, 0, rows);
      }
      if (validity !== undefined)
        for (let row = 0; row < count; row++) {
          if (bits === undefined || isValid(bits, row)) fillBits(validity, rows + row, 1);
          else {
            values[rows + row] = values instanceof BigInt64Array || values instanceof BigUint64Array ? 0n : 0;
            absent++;
          }
        }
      rows += count;
    },
    piece() {
      const own = handOver((values ?? new Uint8Array(0)) as Int32Array, rows);
      const bits = absent === 0 ? {} : { validity: validity!.slice(0, Math.ceil(rows / 8)) };
      [values, validity, rows, absent] = [undefined, undefined, 0, 0];
      return { ...schema, values: own, ...bits } as Column;
    },
  };
}

function textFill({ name }: ColumnSchema, capacity: number): ColumnFill {
  const texts = textCodes();
  let codes: Int32Array | undefined;
  let rows = 0;
  return {
    add(vector, count) {
      codes ??= new Int32Array(capacity);
      texts.add(vector, count, codes, rows);
      rows += count;
    },
    piece() {
      const own = handOver(codes ?? new Int32Array(0), rows);
      [codes, rows] = [undefined, 0];
      return { kind: "string", name, codes: own, dictionary: texts.dictionary() };
    },
  };
}

/** The elements of a list vector, NULL as NaN. */
function numbersOfList(name: string, vector: DuckDBVector): Float32Array | Float64Array | Int32Array {
  const child = childOf(vector);
  const items = itemsOf<Float32Array | Float64Array | Int32Array>(child);
  const validity = validityOf(child);
  const known =
    child instanceof DuckDBFloatVector ||
    child instanceof DuckDBDoubleVector ||
    child instanceof DuckDBIntegerVector;
  if (!known) throw new TypeError(`column "${name}": expected a list of numbers`);
  if (validity === undefined) return items;
  for (let at = 0; at < items.length; at++) {
    if (isValid(validity, at)) continue;
    if (items instanceof Int32Array)
      throw tidelineError("DATA_MALFORMED", {
        who: `column "${name}"`,
        expected: "lists of integers without NULL",
        received: "a NULL in a list",
        remedy: "Cast the column to DOUBLE[], where it becomes NaN.",
      });
    items[at] = Number.NaN;
  }
  return items;
}
