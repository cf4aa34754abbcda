import type { Metadata, OnnxSparseTensor, OnnxTensor } from "./onnx.ts";
import { typedField } from "./onnx-read-tensor.ts";
import { codeOf } from "./onnx-write-value.ts";
import {
  backwards,
  byKey,
  entries,
  isUnusual,
  isUsual,
  maybeText,
  optionalText,
  unknownFields,
} from "./onnx-write-rest.ts";
import type { BackwardWriter } from "./protobuf-write.ts";

/** Where the values of a tensor go instead of the file: the entries that say where, or undefined to keep them in it. */
export type PlaceTensor = (tensor: OnnxTensor, bytes: Uint8Array) => Metadata | undefined;

/** The bytes of a tensor's values. */
function bytesOf({ values }: OnnxTensor): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** Entries of `external_data` in the order in which onnx.proto tells of them. */
const EXTERNAL_ORDER = ["location", "offset", "length", "checksum"];

function writeExternal(w: BackwardWriter, external: Metadata): void {
  const known = EXTERNAL_ORDER.filter((key) => Object.hasOwn(external, key));
  const others = Object.entries(external)
    .sort(byKey)
    .flatMap(([key]) => (EXTERNAL_ORDER.includes(key) ? [] : [key]));
  w.int(14, 1);
  backwards([...known, ...others], (key) => entries(w, 13, { [key]: external[key]! }));
}

/** Numbers of a type's own field, packed, as protobuf's writers have them. */
function writeTyped(w: BackwardWriter, tensor: OnnxTensor, bytes: Uint8Array): void {
  const field = typedField(tensor.elementType);
  if (field === 4 || field === 10) w.bytes(field, bytes);
  else if (field !== undefined) {
    // Half-precision numbers stand there as their bits.
    const integers = tensor.elementType === "float16" ? new Uint16Array(bytes.slice().buffer) : tensor.values;
    const end = w.length();
    for (let at = integers.length - 1; at >= 0; at -= 1) w.varint(integers[at]!);
    w.message(field, end);
  }
}

/** Writes the fields of a `TensorProto`. */
export function writeTensor(w: BackwardWriter, tensor: OnnxTensor, place?: PlaceTensor): void {
  const { elementType, rest, strings } = tensor;
  const bytes = bytesOf(tensor);
  const isPlain = elementType !== "string" && elementType !== "undefined" && tensor.external === undefined;
  const external = isPlain ? place?.(tensor, bytes) : tensor.external;
  entries(w, 16, tensor.metadata);
  if (external !== undefined) writeExternal(w, external);
  else if (isUnusual(rest, 14)) w.int(14, 0);
  maybeText(w, 12, tensor.docString);
  const isTyped = tensor.storage === "typed" && typedField(elementType) !== undefined;
  const isLater = isTyped && (typedField(elementType) ?? 0) > 9;
  if (external === undefined && isLater) writeTyped(w, tensor, bytes);
  if (external !== undefined || elementType === "string") {
    if (isUnusual(rest, 9)) w.bytes(9, new Uint8Array());
  } else if (!isTyped && (bytes.length > 0 || isUsual(rest, 9))) w.bytes(9, bytes);
  optionalText(w, 8, tensor.name, rest);
  if (elementType === "string") backwards(strings, (text) => w.bytes(6, text));
  if (external === undefined && isTyped && !isLater) writeTyped(w, tensor, bytes);
  const code = codeOf(elementType, tensor.dataType);
  if (code !== 0 || isUsual(rest, 2)) w.int(2, code);
  backwards(tensor.dims, (dim) => w.int(1, dim));
  unknownFields(w, rest);
}

/** Writes the fields of a `SparseTensorProto`. */
export function writeSparseTensor(w: BackwardWriter, tensor: OnnxSparseTensor): void {
  backwards(tensor.dims, (dim) => w.int(3, dim));
  for (const [field, part] of [
    [2, tensor.indices],
    [1, tensor.values],
  ] as const) {
    const end = w.length();
    writeTensor(w, part);
    w.message(field, end);
  }
  unknownFields(w, tensor.rest);
}
