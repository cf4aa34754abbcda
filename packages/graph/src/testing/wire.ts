/** An encoded run of protobuf fields, to write by hand what our writer never says. */
export type Wire = readonly Uint8Array[];

const utf8 = new TextEncoder();

function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

function tag(field: number, wireType: number): Uint8Array {
  return varint(field * 8 + wireType);
}

/** A varint field holding a signed 64-bit integer (negative ones take ten bytes, as protobuf's int64 does). */
export function intField(field: number, value: number | bigint): Wire {
  return [tag(field, 0), varint(value)];
}

/** A fixed32 field holding a single-precision number. */
export function floatField(field: number, value: number): Wire {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return [tag(field, 5), bytes];
}

/** A length-delimited field holding bytes. */
export function bytesField(field: number, bytes: Uint8Array): Wire {
  return [tag(field, 2), varint(bytes.length), bytes];
}

/** A length-delimited field holding UTF-8 text. */
export function textField(field: number, text: string): Wire {
  return bytesField(field, utf8.encode(text));
}

/** A length-delimited field holding a nested message. */
export function messageField(field: number, content: Wire): Wire {
  return [tag(field, 2), varint(wireLength(content)), ...content];
}

function wireLength(wire: Wire): number {
  return wire.reduce((length, chunk) => length + chunk.length, 0);
}

/** The chunks as one array of bytes. */
export function joinWire(wire: Wire): Uint8Array {
  const bytes = new Uint8Array(wireLength(wire));
  let position = 0;
  for (const chunk of wire) {
    bytes.set(chunk, position);
    position += chunk.length;
  }
  return bytes;
}
