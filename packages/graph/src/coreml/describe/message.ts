import { backwardWriter, type BackwardWriter } from "../../protobuf-write.ts";

/** A field of a message that can write itself behind what is there; made by the functions of this file. */
export interface ProtoField {
  readonly write: (writer: BackwardWriter) => void;
}

/** Writes fields so that they stand in the file in the order in which they are given. */
function writeAll(writer: BackwardWriter, fields: readonly ProtoField[]): void {
  for (let at = fields.length - 1; at >= 0; at--) fields[at]!.write(writer);
}

/** A whole number or an enum; always written, as members of a `oneof` have to be. */
export const intField = (field: number, value: number | bigint): ProtoField => ({
  write: (writer) => writer.int(field, value),
});

/** Text; always written, as elements of a list have to be. */
export const textField = (field: number, value: string): ProtoField => ({
  write: (writer) => writer.text(field, value),
});

/** Bytes, which must not change before the file is written. */
export const bytesField = (field: number, value: Uint8Array): ProtoField => ({
  write: (writer) => writer.bytes(field, value),
});

/** A number in double precision. */
export const doubleField = (field: number, value: number): ProtoField => ({
  write: (writer) => writer.double(field, value),
});

/** A number in single precision. */
export const floatField = (field: number, value: number): ProtoField => ({
  write: (writer) => writer.float(field, value),
});

/** A message inside; given as a function it comes into being only while the file is written, as of a million nodes. */
export const messageField = (
  field: number,
  inner: readonly ProtoField[] | (() => readonly ProtoField[]),
): ProtoField => ({
  write(writer) {
    const end = writer.length();
    writeAll(writer, typeof inner === "function" ? inner() : inner);
    writer.message(field, end);
  },
});

/** A packed list of whole numbers; nothing for none. */
export const packedInts = (field: number, values: ArrayLike<number | bigint>): ProtoField => ({
  write(writer) {
    if (values.length === 0) return;
    const end = writer.length();
    for (let at = values.length - 1; at >= 0; at--) writer.varint(values[at]!);
    writer.message(field, end);
  },
});

/** A packed list of numbers in double precision; nothing for none. */
export const packedDoubles = (field: number, values: ArrayLike<number>): ProtoField => ({
  write(writer) {
    if (values.length === 0) return;
    const view = new DataView(new ArrayBuffer(values.length * 8));
    for (let at = 0; at < values.length; at++) view.setFloat64(at * 8, values[at]!, true);
    writer.bytes(field, new Uint8Array(view.buffer));
  },
});

/** Text that protobuf leaves out where it is empty. */
export const textUnlessEmpty = (field: number, value: string | undefined): readonly ProtoField[] =>
  value === undefined || value === "" ? [] : [textField(field, value)];

/** A whole number that protobuf leaves out where it is 0. */
export const intUnlessZero = (field: number, value: number): readonly ProtoField[] =>
  value === 0 ? [] : [intField(field, value)];

/** A number in double precision that protobuf leaves out where it is 0. */
export const doubleUnlessZero = (field: number, value: number): readonly ProtoField[] =>
  Object.is(value, 0) ? [] : [doubleField(field, value)];

/** The bytes of a message: a file. @throws ARGUMENT_INVALID for more than 2 GiB. */
export function encodeMessage(fields: readonly ProtoField[]): Uint8Array {
  const writer = backwardWriter();
  writeAll(writer, fields);
  return writer.finish();
}
