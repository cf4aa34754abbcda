import { ELEMENT_TYPES, elementTypeOfCode, type ElementType, type TensorValues } from "./element-type.ts";
import { elementCount, type OnnxTensor } from "./onnx.ts";
import { bytesOf, fixedBytesOf, int64sOf, intOf, intsOf, malformed, readFields, textOf } from "./protobuf.ts";
import { unsupported } from "./unsupported.ts";

const MESSAGE = "TensorProto";

/** The element type of a `TensorProto.DataType` code; an unknown one is an error that names the value. */
export function readElementType(code: number, who: string): ElementType {
  const elementType = elementTypeOfCode(code);
  if (elementType !== undefined) return elementType;
  throw unsupported(who, `an element type of ${Object.keys(ELEMENT_TYPES).join(", ")}`, `data_type ${code}`);
}

/** The typed values of a tensor from its bytes, copied, since a view into the file would not be aligned. */
function fromRaw(chunks: readonly Uint8Array[], elementType: ElementType): TensorValues {
  const buffer = new ArrayBuffer(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let position = 0;
  for (const chunk of chunks) {
    new Uint8Array(buffer, position, chunk.length).set(chunk);
    position += chunk.length;
  }
  return ELEMENT_TYPES[elementType].over(buffer);
}

/** The typed values of `int32_data` or `int64_data`; a narrower type keeps the low bits, as protobuf does. */
function fromIntegers(values: readonly bigint[], elementType: ElementType): TensorValues {
  if (elementType === "int64") return BigInt64Array.from(values);
  const numbers = values.map((value) => Number(BigInt.asIntN(32, value)));
  if (elementType === "int32") return Int32Array.from(numbers);
  return elementType === "int8" ? Int8Array.from(numbers) : Uint8Array.from(numbers);
}

/** Reads a `TensorProto`, whichever of its fields holds the values. */
export function readTensor(bytes: Uint8Array): OnnxTensor {
  const dims: number[] = [];
  const chunks: Uint8Array[] = [];
  const integers: bigint[] = [];
  let name = "";
  let code = 0;
  for (const field of readFields(bytes, MESSAGE)) {
    if (field.number === 1) dims.push(...intsOf(field, MESSAGE));
    else if (field.number === 2) code = intOf(field, MESSAGE);
    else if (field.number === 4) chunks.push(fixedBytesOf(field, 4, MESSAGE));
    else if (field.number === 5 || field.number === 7)
      for (const value of int64sOf(field, MESSAGE)) integers.push(value);
    else if (field.number === 8) name = textOf(field, MESSAGE);
    else if (field.number === 9) chunks.push(bytesOf(field, MESSAGE));
    else if (field.number === 10) chunks.push(fixedBytesOf(field, 8, MESSAGE));
    else if (field.number === 13 || (field.number === 14 && intOf(field, MESSAGE) !== 0))
      throw unsupported(`tensor "${name}"`, "values inside the file", "external data");
  }
  const who = `${MESSAGE} "${name}"`;
  const elementType = readElementType(code, who);
  const width = ELEMENT_TYPES[elementType].bytes;
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  if (length % width !== 0)
    throw malformed(who, `whole ${elementType} numbers of ${width} bytes`, `${length} bytes`);
  if (integers.length > 0 && (length > 0 || ELEMENT_TYPES[elementType].kind === "float"))
    throw malformed(who, `one field of ${elementType} values`, "another one beside it");
  const values = integers.length > 0 ? fromIntegers(integers, elementType) : fromRaw(chunks, elementType);
  if (dims.some((dim) => dim < 0) || elementCount(dims) !== values.length)
    throw malformed(who, `the values of a tensor with dims [${dims.join(", ")}]`, `${values.length} values`);
  return Object.freeze({ name, elementType, dims: Object.freeze(dims), values });
}
