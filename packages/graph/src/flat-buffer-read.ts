import { elementOf, type FlatSchema, type FlatTable, type FlatValue } from "./flat-buffer-schema.ts";
import { unsupported } from "./unsupported.ts";

/**
 * Reads a FlatBuffer (flatbuffers.dev, "FlatBuffers internals") whole. Bytes are views of the file.
 *
 * @throws MODEL_UNSUPPORTED for whatever the schema does not have, so that what is read is all that the file says.
 * @example
 * const { ort_version } = readFlat(bytes, ORT_SCHEMA);
 */
export function readFlat(bytes: Uint8Array, schema: FlatSchema): FlatTable {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const target = (at: number): number => at + view.getUint32(at, true);
  const fault = (where: string, expected: string, received: string) =>
    unsupported(`the FlatBuffer ${schema.identifier}, ${where}`, expected, received);

  function part(at: number, length: number, where: string): Uint8Array {
    if (at + length > bytes.length) throw fault(where, "bytes within the file", "an end behind it");
    return bytes.subarray(at, at + length);
  }

  function text(at: number, where: string): string {
    try {
      return decoder.decode(part(at + 4, view.getUint32(at, true), where));
    } catch (cause) {
      if (cause instanceof TypeError) throw fault(where, "UTF-8", "other bytes");
      throw cause;
    }
  }

  function value(type: string, at: number, where: string, kind: FlatValue | undefined): FlatValue {
    if (type === "bool" || type === "u8") return view.getUint8(at);
    if (type === "i8") return view.getInt8(at);
    if (type === "i32" || type === "f32") return view.getInt32(at, true);
    if (type === "u32") return view.getUint32(at, true);
    if (type === "i64") return view.getBigInt64(at, true);
    if (type === "text") return text(target(at), where);
    if (schema.tables[type] !== undefined) return table(type, target(at));
    const union = schema.unions[type];
    if (union !== undefined) {
      const member = union[Number(kind ?? 0) - 1];
      if (member === undefined) throw fault(where, union.join(", "), `kind ${String(kind)}`);
      return table(member, target(at));
    }
    const element = elementOf(type);
    if (element === undefined) throw fault(where, "a type", type);
    const start = target(at);
    const count = view.getUint32(start, true);
    if (element === "u8") return part(start + 4, count, where);
    const struct = schema.structs[element];
    if (struct !== undefined) return part(start + 4, count * struct, where);
    const size = element === "i64" ? 8 : 4;
    part(start + 4, count * size, where);
    return Array.from({ length: count }, (_, i) => value(element, start + 4 + size * i, where, undefined));
  }

  function table(name: string, at: number): FlatTable {
    const slots = schema.tables[name]!;
    const layout = at - view.getInt32(at, true);
    const entries = (view.getUint16(layout, true) - 4) / 2;
    const read: Record<string, FlatValue> = {};
    for (let slot = 0; slot < entries; slot++) {
      const offset = view.getUint16(layout + 4 + 2 * slot, true);
      if (offset === 0) continue;
      const [field, type] = slots[slot] ?? ["", ""];
      if (field === "") throw fault(name, `fields 0 to ${slots.length - 1} that are in use`, `field ${slot}`);
      const kind = slot === 0 ? undefined : read[slots[slot - 1]![0]];
      read[field] = value(type, at + offset, `${name}.${field}`, kind);
    }
    return read;
  }

  const letters = String.fromCharCode(...bytes.subarray(4, 8));
  if (letters !== schema.identifier) throw fault("identifier", schema.identifier, JSON.stringify(letters));
  try {
    return table(schema.root, target(0));
  } catch (cause) {
    if (cause instanceof RangeError) throw fault("offsets", "places within the file", "one behind its end");
    throw cause;
  }
}
