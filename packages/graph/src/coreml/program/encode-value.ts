import {
  bytesField,
  intField,
  messageField,
  packedInts,
  textField,
  type ProtoField,
} from "../describe/message.ts";
import type { MilTensor } from "./mil-graph.ts";
import { blobCodeOf, MIL_TYPES, STRING_CODE } from "./mil-type.ts";
import { WEIGHT_NAME } from "./package-file.ts";
import type { WeightFile } from "./weight-file.ts";

/** The fields of a `TensorType`; a length that follows the batch is undefined. Source of all numbers: MIL.proto of Apple's coremltools (BSD-3-Clause). */
function tensorTypeFields(code: number, dims: readonly (number | undefined)[]): readonly ProtoField[] {
  return [
    intField(1, code),
    ...(dims.length === 0 ? [] : [intField(2, dims.length)]),
    ...dims.map((dim) =>
      messageField(3, [dim === undefined ? messageField(2, []) : messageField(1, [intField(1, dim)])]),
    ),
  ];
}

/** The fields of a `ValueType` that is a tensor. */
export const valueTypeFields = (
  code: number,
  dims: readonly (number | undefined)[],
): readonly ProtoField[] => [messageField(1, tensorTypeFields(code, dims))];

/** The fields of a tensor's `ValueType`. */
export const typeFieldsOf = ({ type, dims, open }: MilTensor): readonly ProtoField[] =>
  valueTypeFields(
    MIL_TYPES[type].code,
    dims.map((dim, axis) => (open[axis] ? undefined : dim)),
  );

/** A `NamedValueType`. */
export const namedField = (field: number, name: string, type: readonly ProtoField[]): ProtoField =>
  messageField(field, [textField(1, name), messageField(2, type)]);

const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);

/** The `TensorValue` of a constant: numbers by kind, narrow ones as bytes. */
function numberField({ type, values }: MilTensor): ProtoField {
  if (type === "fp32") return messageField(1, [bytesField(1, bytesOf(values!))]);
  if (type === "int32") return messageField(2, [packedInts(1, values!)]);
  if (type === "bool") return messageField(3, [packedInts(1, values!)]);
  return messageField(7, [bytesField(1, bytesOf(values!))]);
}

/** The fields of a text's `Value`. */
export const textValueFields = (text: string): readonly ProtoField[] => [
  messageField(2, valueTypeFields(STRING_CODE, [])),
  messageField(3, [messageField(1, [messageField(4, [textField(1, text)])])]),
];

/** Shorter constants stand in the program itself, as coremltools decides it. */
const LEAST_IN_FILE = 10;

/** The fields of a constant's `Value`: its numbers, or where they lie in the weights. */
export function constantFields(tensor: MilTensor, weights: WeightFile): readonly ProtoField[] {
  const { type, values } = tensor;
  const typed = messageField(2, typeFieldsOf(tensor));
  if (blobCodeOf(type) === undefined || values!.length < LEAST_IN_FILE)
    return [typed, messageField(3, [messageField(1, [numberField(tensor)])])];
  const offset = weights.add(type, values!);
  return [typed, messageField(5, [textField(1, WEIGHT_NAME), intField(2, offset)])];
}
