import type { PageMemory } from "./page-memory.ts";
import type { ParquetType } from "./parquet-type.ts";

/** The arrays that values of one number are kept in. */
export type NumberStore =
  | Float64Array<ArrayBufferLike>
  | Float32Array<ArrayBufferLike>
  | Int8Array<ArrayBufferLike>
  | Int16Array<ArrayBufferLike>
  | Int32Array<ArrayBufferLike>
  | Uint8Array<ArrayBufferLike>
  | Uint16Array<ArrayBufferLike>
  | Uint32Array<ArrayBufferLike>
  | BigInt64Array<ArrayBufferLike>
  | BigUint64Array<ArrayBufferLike>;

/** Makes an array of values. */
export type StoreOf = (new (room: ArrayBufferLike, at: number, length: number) => NumberStore) & {
  readonly BYTES_PER_ELEMENT: number;
};

/** How values of a type that all have one size are read. */
export interface ValueStore {
  readonly Store: StoreOf;
  /** Bytes of a value in a file. */
  readonly size: number;
  /** Writes `count` values at `from` as they are kept to `into`; absent where they stand so in the file. */
  readonly read?: (memory: PageMemory, from: number, into: number, count: number) => void;
}

/** Values whose low bytes alone are kept: they are the first ones. */
const narrowed =
  (size: 1 | 2): ValueStore["read"] =>
  ({ bytes }, from, into, count) => {
    for (let place = 0; place < count; place++)
      for (let byte = 0; byte < size; byte++)
        bytes[into + place * size + byte] = bytes[from + place * 4 + byte]!;
  };

const days: ValueStore["read"] = ({ view }, from, into, count) => {
  for (let place = 0; place < count; place++) {
    const micros = view.getInt32(from + place * 4, true) * 86_400e6;
    if (Math.abs(micros) > 2 ** 63) throw farTime();
    view.setFloat64(into + place * 8, micros, true);
  }
};

const scaled =
  (scale: number): ValueStore["read"] =>
  ({ kernel }, from, into, count) => {
    if (kernel.scaleWide(from, into, count, scale) < 0) throw farTime();
  };

function farTime(): Error {
  return new Error("a time beyond the years 290309 BC and 294247");
}

/** How the values of each type are kept. */
export const VALUE_STORES: Readonly<Record<Exclude<ParquetType, "text">, ValueStore>> = {
  // Truths are places in a dictionary of 0 and 1.
  boolean: { Store: Uint8Array, size: 1 },
  int8: { Store: Int8Array, size: 4, read: narrowed(1) },
  int16: { Store: Int16Array, size: 4, read: narrowed(2) },
  int32: { Store: Int32Array, size: 4 },
  uint8: { Store: Uint8Array, size: 4, read: narrowed(1) },
  uint16: { Store: Uint16Array, size: 4, read: narrowed(2) },
  uint32: { Store: Uint32Array, size: 4 },
  int64: { Store: BigInt64Array, size: 8 },
  uint64: { Store: BigUint64Array, size: 8 },
  float: { Store: Float32Array, size: 4 },
  double: { Store: Float64Array, size: 8 },
  days: { Store: Float64Array, size: 4, read: days },
  millis: { Store: Float64Array, size: 8, read: scaled(1000) },
  micros: { Store: Float64Array, size: 8, read: scaled(1) },
};
