import {
  ARRAY,
  BIGINT,
  BLOB,
  BOOLEAN,
  DOUBLE,
  DuckDBBlobValue,
  DuckDBDataChunk,
  DuckDBListValue,
  FLOAT,
  INTEGER,
  LIST,
  SMALLINT,
  TIMESTAMP,
  TINYINT,
  UBIGINT,
  UINTEGER,
  USMALLINT,
  UTINYINT,
  VARCHAR,
  type DuckDBType,
  type DuckDBVector,
} from "@duckdb/node-api";
import { isMissing, isValid, sliceRows, type Column, type Frame } from "@tideline/learn/frame";
import { bytesOf, childOf, itemsOf, setValidity } from "./vector-access.ts";
import { writtenTime } from "./written-time.ts";

/** Rows that a chunk of DuckDB takes. */
export const CHUNK_ROWS = 2048;

const INTEGER_TYPES: Readonly<Record<string, DuckDBType>> = {
  Int8Array: TINYINT,
  Int16Array: SMALLINT,
  Int32Array: INTEGER,
  BigInt64Array: BIGINT,
  Uint8Array: UTINYINT,
  Uint16Array: USMALLINT,
  Uint32Array: UINTEGER,
  BigUint64Array: UBIGINT,
};

/** The type of DuckDB that holds a column's values to the bit. */
export function typeOfColumn(column: Column): DuckDBType {
  switch (column.kind) {
    case "float":
      return column.values instanceof Float32Array ? FLOAT : DOUBLE;
    case "integer":
      return INTEGER_TYPES[column.values.constructor.name]!;
    case "boolean":
      return BOOLEAN;
    case "string":
      return VARCHAR;
    case "time":
      return TIMESTAMP;
    case "vector":
      return ARRAY(column.values instanceof Float32Array ? FLOAT : DOUBLE, column.width);
    case "series":
      return LIST(
        column.values instanceof Int32Array
          ? INTEGER
          : column.values instanceof Float32Array
            ? FLOAT
            : DOUBLE,
      );
    case "bytes":
      return BLOB;
  }
}

/** The rows of a frame as chunks of DuckDB. */
export function* chunksOfFrame(rows: Frame): Generator<DuckDBDataChunk> {
  const types = rows.columns.map(typeOfColumn);
  for (let start = 0; start < rows.rows; start += CHUNK_ROWS) {
    const part = sliceRows(rows, start, Math.min(rows.rows, start + CHUNK_ROWS));
    const chunk = DuckDBDataChunk.create(types, part.rows);
    for (const [at, column] of part.columns.entries())
      fillVector(chunk.getColumnVector(at), column, part.rows);
    yield chunk;
  }
}

type Settable = DuckDBVector & { setItem(row: number, value: unknown): void };

function fillVector(vector: DuckDBVector, column: Column, rows: number): void {
  switch (column.kind) {
    case "float":
    case "integer":
      itemsOf<Float64Array>(vector).set(column.values as Float64Array);
      markMissing(vector, column, rows);
      break;
    case "boolean":
      bytesOf(vector).set(column.values.subarray(0, rows));
      markMissing(vector, column, rows);
      break;
    case "time": {
      const items = itemsOf<BigInt64Array>(vector);
      for (let row = 0; row < rows; row++)
        items[row] = Number.isNaN(column.values[row])
          ? 0n
          : BigInt(Math.trunc(writtenTime(column.name, column.values[row]!)));
      markMissing(vector, column, rows);
      break;
    }
    case "vector":
      itemsOf<Float64Array>(childOf(vector)).set(column.values);
      markMissing(vector, column, rows);
      break;
    case "string":
      for (let row = 0; row < rows; row++)
        (vector as Settable).setItem(
          row,
          column.codes[row]! < 0 ? null : column.dictionary[column.codes[row]!],
        );
      break;
    case "series":
      for (let row = 0; row < rows; row++) {
        const items = column.values.subarray(column.offsets[row], column.offsets[row + 1]);
        (vector as Settable).setItem(
          row,
          isValid(column.validity, row) ? new DuckDBListValue(Array.from(items)) : null,
        );
      }
      break;
    case "bytes":
      for (let row = 0; row < rows; row++) {
        const bytes = column.values.subarray(column.offsets[row], column.offsets[row + 1]);
        (vector as Settable).setItem(row, isValid(column.validity, row) ? new DuckDBBlobValue(bytes) : null);
      }
      break;
  }
  vector.flush();
}

function markMissing(vector: DuckDBVector, column: Column, rows: number): void {
  const bits = new Uint8Array(Math.ceil(rows / 8));
  let absent = 0;
  for (let row = 0; row < rows; row++) {
    if (isMissing(column, row)) absent++;
    else bits[row >> 3]! |= 1 << (row & 7);
  }
  if (absent > 0) setValidity(vector, bits);
}
