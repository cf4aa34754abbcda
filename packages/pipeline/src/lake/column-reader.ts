import type { DuckDBDataChunk, DuckDBType } from "@duckdb/node-api";
import {
  DuckDBBigIntVector,
  DuckDBDoubleVector,
  DuckDBFloatVector,
  DuckDBIntegerVector,
  DuckDBListVector,
  DuckDBTimestampVector,
  DuckDBTypeId,
  DuckDBVarCharVector,
} from "@duckdb/node-api";
import type { DuckDBVector } from "@duckdb/node-api";
import { tidelineError } from "@tideline/spec/error";

/** Lists of numbers of uneven length: row `i` is `values[offsets[i] .. offsets[i + 1]]`; a NULL is empty. */
export interface Ragged {
  readonly values: Float32Array;
  /** One more than there are rows. */
  readonly offsets: Int32Array;
}

/**
 * A column of a result. FLOAT comes as Float32Array; other numbers, BOOLEAN (0 and 1) and TIMESTAMP (milliseconds
 * since 1970) as Float64Array, NULL as NaN; VARCHAR as strings; FLOAT[] as {@link Ragged}.
 */
export type Column = Float32Array | Float64Array | readonly (string | null)[] | Ragged;

/** Columns of a result by name, all of the same number of rows. */
export type Columns = Readonly<Record<string, Column>>;

const NUMERIC: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.BOOLEAN,
  DuckDBTypeId.TINYINT,
  DuckDBTypeId.SMALLINT,
  DuckDBTypeId.INTEGER,
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.UTINYINT,
  DuckDBTypeId.USMALLINT,
  DuckDBTypeId.UINTEGER,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UHUGEINT,
  DuckDBTypeId.DOUBLE,
  DuckDBTypeId.TIMESTAMP,
]);

/** The error of a column type that has no form here. */
function unsupported(name: string, type: DuckDBType) {
  const expected = "VARCHAR, BOOLEAN, an integer, FLOAT, DOUBLE, TIMESTAMP or FLOAT[]";
  const remedy = "Cast it in the query.";
  return tidelineError("ARGUMENT_INVALID", {
    who: "query",
    field: name,
    expected,
    received: String(type),
    remedy,
  });
}

/** Which rows of a vector are not NULL; `data` is null where all are. */
interface Validity {
  readonly data: BigUint64Array | null;
  itemValid(row: number): boolean;
}

/** Puts NaN where a vector has NULL. */
function markNulls<Values extends Float32Array | Float64Array>(vector: DuckDBVector, values: Values): Values {
  const { validity } = vector as unknown as { validity: Validity };
  if (validity.data === null) return values;
  for (let row = 0; row < values.length; row += 1) if (!validity.itemValid(row)) values[row] = Number.NaN;
  return values;
}

/** Milliseconds of microseconds; whole ones come out exact, however far from 1970. */
function milliseconds(micros: bigint): number {
  const value = Number(micros);
  return Number.isSafeInteger(value) ? value / 1000 : Number(micros / 1000n) + Number(micros % 1000n) / 1000;
}

/** Numbers of a vector of any numeric type but FLOAT. */
function readNumbers(vector: DuckDBVector): Float64Array {
  if (vector instanceof DuckDBDoubleVector || vector instanceof DuckDBIntegerVector) {
    return markNulls(vector, Float64Array.from(vectorItems<Float64Array | Int32Array>(vector)));
  }
  if (vector instanceof DuckDBBigIntVector || vector instanceof DuckDBTimestampVector) {
    const items = vectorItems<BigInt64Array>(vector);
    const values = new Float64Array(items.length);
    const convert = vector instanceof DuckDBTimestampVector ? milliseconds : Number;
    for (let row = 0; row < items.length; row += 1) values[row] = convert(items[row]!);
    return markNulls(vector, values);
  }
  const values = new Float64Array(vector.itemCount);
  for (let row = 0; row < values.length; row += 1) {
    const item = vector.getItem(row);
    values[row] = item === null ? Number.NaN : Number(item);
  }
  return values;
}

/** The typed array behind a vector: a copy that the binding made, hence safe to keep. */
function vectorItems<Items>(vector: DuckDBVector): Items {
  return (vector as unknown as { items: Items }).items;
}

/** Lists of a vector; their values come in one piece, in row order. */
function readRagged(vector: DuckDBListVector): Ragged {
  const child = vector.childVector;
  const items = vectorItems<Float32Array>(child);
  const offsets = new Int32Array(vector.itemCount + 1);
  let values = items;
  let total = 0;
  let inOrder = true;
  for (let row = 0; row < vector.itemCount; row += 1) {
    const length = vector.getItemVector(row) === null ? 0 : vector.getEntryLength(row);
    inOrder &&= length === 0 || vector.getEntryOffset(row) === total;
    total += length;
    offsets[row + 1] = total;
  }
  if (!inOrder) {
    values = new Float32Array(total);
    for (let row = 0; row < vector.itemCount; row += 1) {
      const [from, to] = [offsets[row]!, offsets[row + 1]!];
      const start = vector.getEntryOffset(row);
      values.set(items.subarray(start, start + to - from), from);
    }
  }
  return { values: values.subarray(0, total), offsets };
}

/** One column of a chunk. */
function readColumn(name: string, vector: DuckDBVector): Column {
  if (vector instanceof DuckDBFloatVector) return markNulls(vector, vectorItems<Float32Array>(vector));
  if (vector instanceof DuckDBVarCharVector) return vector.toArray();
  if (vector instanceof DuckDBListVector && vector.childVector instanceof DuckDBFloatVector) {
    return readRagged(vector);
  }
  if (NUMERIC.has(vector.type.typeId)) return readNumbers(vector);
  throw unsupported(name, vector.type);
}

/** The columns of a chunk. */
export function readChunk(chunk: DuckDBDataChunk, names: readonly string[]): Columns {
  return Object.fromEntries(
    names.map((name, index) => [name, readColumn(name, chunk.getColumnVector(index))]),
  );
}

/** One column of several parts. */
function joinColumn(parts: readonly Column[]): Column {
  const first = parts[0]!;
  if (parts.length === 1) return first;
  if (first instanceof Float32Array || first instanceof Float64Array) {
    const arrays = parts as readonly Float64Array[];
    const length = arrays.reduce((sum, part) => sum + part.length, 0);
    const joined = first instanceof Float32Array ? new Float32Array(length) : new Float64Array(length);
    let at = 0;
    for (const part of arrays) {
      joined.set(part, at);
      at += part.length;
    }
    return joined;
  }
  if (Array.isArray(first)) return (parts as readonly (readonly (string | null)[])[]).flat();
  const ragged = parts as readonly Ragged[];
  const offsets = new Int32Array(ragged.reduce((rows, part) => rows + part.offsets.length - 1, 1));
  let row = 0;
  let base = 0;
  for (const part of ragged) {
    for (let index = 1; index < part.offsets.length; index += 1) offsets[++row] = base + part.offsets[index]!;
    base += part.values.length;
  }
  return { values: joinColumn(ragged.map((part) => part.values)) as Float32Array, offsets };
}

/** A column without rows. */
function emptyColumn(name: string, type: DuckDBType): Column {
  if (type.typeId === DuckDBTypeId.FLOAT) return new Float32Array(0);
  if (type.typeId === DuckDBTypeId.VARCHAR) return [];
  if (type.typeId === DuckDBTypeId.LIST) return { values: new Float32Array(0), offsets: new Int32Array(1) };
  if (NUMERIC.has(type.typeId)) return new Float64Array(0);
  throw unsupported(name, type);
}

/** The columns of a whole result. */
export function joinColumns(
  chunks: readonly Columns[],
  names: readonly string[],
  types: readonly DuckDBType[],
): Columns {
  return Object.fromEntries(
    names.map((name, index) => [
      name,
      chunks.length === 0
        ? emptyColumn(name, types[index]!)
        : joinColumn(chunks.map((columns) => columns[name]!)),
    ]),
  );
}
