/** The element types of a numeric tensor. Text never enters a graph. */
export type ElementType = "float32" | "float64" | "int8" | "uint8" | "int32" | "int64" | "bool";

/** What a tensor stores: one typed array per element type (`bool` as 0 and 1 in bytes). */
export type TensorValues = Float32Array | Float64Array | Int8Array | Uint8Array | Int32Array | BigInt64Array;

interface ElementRule {
  /** `TensorProto.DataType` of onnx.proto. */
  readonly code: number;
  readonly bytes: 1 | 4 | 8;
  readonly kind: "float" | "int" | "bool";
  /** A typed array over the whole buffer; hosts are little-endian, as ONNX's raw data is. */
  readonly over: (buffer: ArrayBuffer) => TensorValues;
}

/** The table of element types. */
export const ELEMENT_TYPES = {
  float32: { code: 1, bytes: 4, kind: "float", over: (buffer) => new Float32Array(buffer) },
  float64: { code: 11, bytes: 8, kind: "float", over: (buffer) => new Float64Array(buffer) },
  int8: { code: 3, bytes: 1, kind: "int", over: (buffer) => new Int8Array(buffer) },
  uint8: { code: 2, bytes: 1, kind: "int", over: (buffer) => new Uint8Array(buffer) },
  int32: { code: 6, bytes: 4, kind: "int", over: (buffer) => new Int32Array(buffer) },
  int64: { code: 7, bytes: 8, kind: "int", over: (buffer) => new BigInt64Array(buffer) },
  bool: { code: 9, bytes: 1, kind: "bool", over: (buffer) => new Uint8Array(buffer) },
} satisfies Record<ElementType, ElementRule>;

/** The element type with this `TensorProto.DataType` code, where the graph has one. */
export function elementTypeOfCode(code: number): ElementType | undefined {
  return (Object.keys(ELEMENT_TYPES) as ElementType[]).find((name) => ELEMENT_TYPES[name].code === code);
}

/** The element type that a typed array stands for; bytes stand for `uint8`. */
export function elementTypeOf(values: TensorValues): ElementType {
  if (values instanceof Float32Array) return "float32";
  if (values instanceof Float64Array) return "float64";
  if (values instanceof Int8Array) return "int8";
  if (values instanceof Int32Array) return "int32";
  if (values instanceof BigInt64Array) return "int64";
  return "uint8";
}

/** Numbers as a tensor's storage of an element type; fractions are cut off towards integers. */
export function valuesOf(elementType: ElementType, numbers: readonly number[]): TensorValues {
  const values = ELEMENT_TYPES[elementType].over(
    new ArrayBuffer(numbers.length * ELEMENT_TYPES[elementType].bytes),
  );
  for (const [at, number] of numbers.entries())
    if (values instanceof BigInt64Array) values[at] = BigInt(Math.trunc(number));
    else values[at] = number;
  return values;
}
