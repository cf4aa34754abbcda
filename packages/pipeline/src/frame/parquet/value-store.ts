import type { ParquetType } from "./parquet-type.ts";

/** The arrays that values of one number are kept in. */
export type NumberStore =
  | Float64Array<ArrayBuffer>
  | Float32Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Int16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | BigInt64Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>;

/** Makes room for values, or shows those in a buffer. */
export type StoreOf = new (room: number | ArrayBuffer, at?: number, count?: number) => NumberStore;

/** How values of a type that all have one size are read. */
export interface ValueStore {
  readonly make: StoreOf;
  /** Bytes of a value in a file. */
  readonly size: number;
  /** Writes `count` values that stand one behind the other into the front of `into`. */
  readonly read: (bytes: Uint8Array<ArrayBuffer>, at: number, into: NumberStore, count: number) => void;
}

type Stored = Exclude<ParquetType, "text" | "boolean">;

const copied =
  (size: number): ValueStore["read"] =>
  (bytes, at, into, count) =>
    new Uint8Array(into.buffer, into.byteOffset, count * size).set(bytes.subarray(at, at + count * size));

/** Values whose low bytes alone are kept. */
const narrowed: ValueStore["read"] = (bytes, at, into, count) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at);
  for (let place = 0; place < count; place++) (into as Int32Array)[place] = view.getInt32(place * 4, true);
};

/** The farthest instants that a time of 64 bits in microseconds has. */
const MOST_MICROS = 2 ** 63;

const scaled =
  (size: 4 | 8, scale: number): ValueStore["read"] =>
  (bytes, at, into, count) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset + at);
    for (let place = 0; place < count; place++) {
      const low = size === 4 ? 0 : view.getUint32(place * 8, true);
      const high = view.getInt32(place * size + size - 4, true);
      const value = (size === 4 ? high : high * 0x1_0000_0000 + low) * scale;
      if (value > MOST_MICROS || value < -MOST_MICROS)
        throw new Error("a time beyond the years 290309 BC and 294247");
      (into as Float64Array)[place] = value;
    }
  };

/** How the values of each type are kept. */
export const VALUE_STORES: Readonly<Record<Stored, ValueStore>> = {
  int8: { make: Int8Array as StoreOf, size: 4, read: narrowed },
  int16: { make: Int16Array as StoreOf, size: 4, read: narrowed },
  int32: { make: Int32Array as StoreOf, size: 4, read: copied(4) },
  uint8: { make: Uint8Array as StoreOf, size: 4, read: narrowed },
  uint16: { make: Uint16Array as StoreOf, size: 4, read: narrowed },
  uint32: { make: Uint32Array as StoreOf, size: 4, read: copied(4) },
  int64: { make: BigInt64Array as StoreOf, size: 8, read: copied(8) },
  uint64: { make: BigUint64Array as StoreOf, size: 8, read: copied(8) },
  float: { make: Float32Array as StoreOf, size: 4, read: copied(4) },
  double: { make: Float64Array as StoreOf, size: 8, read: copied(8) },
  days: { make: Float64Array as StoreOf, size: 4, read: scaled(4, 86_400e6) },
  millis: { make: Float64Array as StoreOf, size: 8, read: scaled(8, 1000) },
  micros: { make: Float64Array as StoreOf, size: 8, read: scaled(8, 1) },
};
