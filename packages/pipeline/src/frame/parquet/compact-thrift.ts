/** A value of Thrift's compact protocol. Whole numbers beyond 2^53 are rounded. */
export type ThriftValue = boolean | number | Uint8Array | readonly ThriftValue[] | ThriftStruct;

/** Fields by their numbers. */
export interface ThriftStruct {
  readonly [field: number]: ThriftValue | undefined;
}

/** What stands behind a struct. */
export interface ThriftRead {
  readonly struct: ThriftStruct;
  /** The byte after its last one. */
  readonly end: number;
}

/** Structs and lists within one another: those of Parquet are 7 deep. */
const MOST_DEPTH = 32;

/** A struct does not end within its bytes. More of them may help. */
export class ThriftCutOff extends Error {}

/**
 * Reads a struct in Thrift's compact protocol, whatever its fields. See
 * https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md.
 *
 * @throws ThriftCutOff where the bytes end before it does, Error for what is no struct.
 */
export function readThrift(bytes: Uint8Array, from: number): ThriftRead {
  let at = from;
  const byte = (): number => {
    if (at >= bytes.length) throw new ThriftCutOff("a struct that is cut off");
    return bytes[at++]!;
  };
  const varint = (): number => {
    let [value, scale] = [0, 1];
    for (let count = 0; count < 10; count++) {
      const next = byte();
      value += (next & 127) * scale;
      if (next < 128) return value;
      scale *= 128;
    }
    throw new Error("a number of more than 64 bits");
  };
  const zigzag = (): number => {
    const value = varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  };
  const take = (length: number): Uint8Array => {
    if (length > bytes.length - at) throw new ThriftCutOff("bytes that are cut off");
    at += length;
    return bytes.subarray(at - length, at);
  };
  const list = (depth: number): readonly ThriftValue[] => {
    const head = byte();
    const size = head >> 4 === 15 ? varint() : head >> 4;
    if (size > bytes.length - at) throw new ThriftCutOff("a list that is cut off");
    const items: ThriftValue[] = [];
    // Truths of a list are a byte each.
    const type = head & 15;
    for (let item = 0; item < size; item++)
      items.push(type === 1 || type === 2 ? byte() === 1 : value(type, depth));
    return items;
  };
  const value = (type: number, depth: number): ThriftValue => {
    if (depth > MOST_DEPTH) throw new Error("structs that are too deep");
    switch (type) {
      case 1:
      case 2:
        return type === 1;
      case 3:
        return byte();
      case 4:
      case 5:
      case 6:
        return zigzag();
      case 7:
        return take(8);
      case 8:
        return take(varint());
      case 9:
      case 10:
        return list(depth + 1);
      case 12:
        return struct(depth + 1);
      default:
        throw new Error(`type ${type} of a field`);
    }
  };
  const struct = (depth: number): ThriftStruct => {
    const fields: Record<number, ThriftValue> = {};
    for (let field = 0; ;) {
      const head = byte();
      if (head === 0) return fields;
      field = head >> 4 === 0 ? zigzag() : field + (head >> 4);
      fields[field] = value(head & 15, depth);
    }
  };
  return { struct: struct(0), end: at };
}
