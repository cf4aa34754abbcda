import type { DuckDBVector } from "@duckdb/node-api";

/** What stands behind a vector of the binding: copies of the engine's memory, hence safe to keep. */
interface Inside {
  readonly items?: ArrayBufferView & { readonly length: number };
  readonly dataView?: DataView;
  readonly entryData?: BigUint64Array;
  readonly childData?: DuckDBVector;
  readonly validity: { data: BigUint64Array | null };
}

const inside = (vector: DuckDBVector): Inside => vector as unknown as Inside;

/** The typed array behind a vector of numbers or times. */
export function itemsOf<Items>(vector: DuckDBVector): Items {
  return inside(vector).items as unknown as Items;
}

/** The bytes behind a vector of truths (one each), texts or blobs (16 each). */
export function bytesOf(vector: DuckDBVector): Uint8Array {
  const { buffer, byteOffset, byteLength } = inside(vector).dataView!;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Where the lists of a vector begin and how long they are: pairs of 64-bit numbers, as words. */
export function entriesOf(vector: DuckDBVector): Int32Array {
  const { buffer, byteOffset, length } = inside(vector).entryData!;
  return new Int32Array(buffer, byteOffset, length * 2);
}

/** The vector of the elements of lists or arrays. */
export function childOf(vector: DuckDBVector): DuckDBVector {
  return inside(vector).childData!;
}

/** The bitmap of the rows that are not NULL, as frames have it; undefined where all are. */
export function validityOf(vector: DuckDBVector): Uint8Array | undefined {
  const { data } = inside(vector).validity;
  return data === null ? undefined : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Gives a vector the bitmap of its rows, from bit `from` on. */
export function setValidity(vector: DuckDBVector, bits: Uint8Array): void {
  const words = new BigUint64Array(Math.ceil(bits.length / 8));
  new Uint8Array(words.buffer).set(bits);
  inside(vector).validity.data = words;
}
