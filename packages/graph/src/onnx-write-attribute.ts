import type { OnnxAttribute, OnnxGraph } from "./onnx.ts";
import { ATTRIBUTE_TYPES } from "./onnx-read-attribute.ts";
import { backwards, byKey, isUsual, maybeText, unknownFields, usualText } from "./onnx-write-rest.ts";
import { writeSparseTensor, writeTensor, type PlaceTensor } from "./onnx-write-tensor.ts";
import { writeType } from "./onnx-write-value.ts";
import { decodeText } from "./protobuf.ts";
import type { BackwardWriter } from "./protobuf-write.ts";

/** What the parts of a model are written with. */
export interface WriteContext {
  readonly w: BackwardWriter;
  readonly place?: PlaceTensor | undefined;
  /** Writes the fields of a `GraphProto`. */
  readonly graph: (context: WriteContext, graph: OnnxGraph) => void;
}

const lossy = new TextDecoder("utf-8", { ignoreBOM: true });
const utf8 = new TextEncoder();

/** The bytes of a text: those that it was read from, if it is still what they say. */
function textBytes(text: string, exact: Uint8Array | undefined): Uint8Array {
  if (exact !== undefined && (decodeText(exact) ?? lossy.decode(exact)) === text) return exact;
  return utf8.encode(text);
}

/** The little-endian bytes of a number: those that it was read from, if they are still its. */
function floatBytes(value: number, exact: Uint8Array | undefined, at: number): Uint8Array {
  const bytes = new Uint8Array(4);
  const view = new DataView(bytes.buffer);
  view.setFloat32(0, value, true);
  if (exact === undefined || exact.length < 4 * at + 4) return bytes;
  const own = exact.subarray(4 * at, 4 * at + 4);
  const read = new DataView(own.buffer, own.byteOffset, 4).getFloat32(0, true);
  return Object.is(read, value) ? own : bytes;
}

function writeFloat(
  w: BackwardWriter,
  field: number,
  value: number,
  exact: Uint8Array | undefined,
  at: number,
): void {
  if (!Number.isNaN(value)) w.float(field, value);
  else {
    w.verbatim(floatBytes(value, exact, at));
    w.varint(field * 8 + 5);
  }
}

/** An integer, or the exact one that it is the nearest number to. */
function integerOf(value: number, exact: bigint | undefined): number | bigint {
  return exact !== undefined && Number(exact) === value ? exact : value;
}

/** Writes the value's field, or fields. */
function writeContent({ w, place, graph }: WriteContext, attribute: OnnxAttribute): void {
  const { rest } = attribute;
  if (attribute.type === "unknown") return;
  if (attribute.type === "ref") {
    w.text(21, attribute.value);
    return;
  }
  const { field } = ATTRIBUTE_TYPES[attribute.type];
  const message = (write: () => void): void => {
    const end = w.length();
    write();
    w.message(field, end);
  };
  switch (attribute.type) {
    case "float":
      if (attribute.value !== 0 || Object.is(attribute.value, -0) || isUsual(rest, field))
        writeFloat(w, field, attribute.value, attribute.exact, 0);
      break;
    case "int":
      if (attribute.value !== 0 || isUsual(rest, field))
        w.int(field, integerOf(attribute.value, attribute.exact));
      break;
    case "string":
      if (attribute.value !== "" || isUsual(rest, field))
        w.bytes(field, textBytes(attribute.value, attribute.exact));
      break;
    case "floats":
      for (let at = attribute.value.length - 1; at >= 0; at -= 1)
        writeFloat(w, field, attribute.value[at]!, attribute.exact, at);
      break;
    case "ints":
      for (let at = attribute.value.length - 1; at >= 0; at -= 1)
        w.int(field, integerOf(attribute.value[at]!, attribute.exact?.[at]));
      break;
    case "strings":
      for (let at = attribute.value.length - 1; at >= 0; at -= 1)
        w.bytes(field, textBytes(attribute.value[at]!, attribute.exact?.[at]));
      break;
    case "tensor":
      message(() => writeTensor(w, attribute.value));
      break;
    case "tensors":
      backwards(attribute.value, (tensor) => message(() => writeTensor(w, tensor)));
      break;
    case "graph":
      message(() => graph({ w, place, graph }, attribute.value));
      break;
    case "graphs":
      backwards(attribute.value, (inner) => message(() => graph({ w, place, graph }, inner)));
      break;
    case "sparse_tensor":
      message(() => writeSparseTensor(w, attribute.value));
      break;
    case "sparse_tensors":
      backwards(attribute.value, (tensor) => message(() => writeSparseTensor(w, tensor)));
      break;
    case "type_proto":
      message(() => writeType(w, attribute.value));
      break;
    case "type_protos":
      backwards(attribute.value, (type) => message(() => writeType(w, type)));
      break;
  }
}

function codeOf(attribute: OnnxAttribute): number {
  if (attribute.type === "ref") return attribute.code;
  return attribute.type === "unknown" ? attribute.value : ATTRIBUTE_TYPES[attribute.type].code;
}

/** Fields of the value whose numbers are above that of the type, behind which they are written. */
const LATE = new Set<OnnxAttribute["type"]>(["sparse_tensor", "sparse_tensors", "ref"]);
/** Fields of the value whose numbers are above that of the documentation. */
const MIDDLE = new Set<OnnxAttribute["type"]>(["type_proto", "type_protos"]);

/** Writes attributes as a field of their node or function, in the order of their names. */
export function writeAttributes(
  context: WriteContext,
  field: number,
  attributes: Readonly<Record<string, OnnxAttribute>>,
): void {
  const { w } = context;
  backwards(Object.entries(attributes).sort(byKey), ([name, attribute]) => {
    const { type, rest, docString } = attribute;
    const end = w.length();
    if (LATE.has(type)) writeContent(context, attribute);
    if (isUsual(rest, 20)) w.int(20, codeOf(attribute));
    if (MIDDLE.has(type)) writeContent(context, attribute);
    maybeText(w, 13, docString);
    if (!LATE.has(type) && !MIDDLE.has(type)) writeContent(context, attribute);
    usualText(w, 1, name, rest);
    unknownFields(w, rest);
    w.message(field, end);
  });
}
