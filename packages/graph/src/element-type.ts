/// <reference lib="esnext.float16" />
import { tidelineError } from "@tideline/spec/error";

/** Element types that kernels compute on. */
type NumberType =
  | "float32"
  | "float64"
  | "float16"
  | "int8"
  | "uint8"
  | "int16"
  | "uint16"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "bool";

/** Element types of other models that we carry from file to file and never compute on. */
type OpaqueType =
  | "string"
  | "complex64"
  | "complex128"
  | "bfloat16"
  | "float8e4m3fn"
  | "float8e4m3fnuz"
  | "float8e5m2"
  | "float8e5m2fnuz"
  | "float8e8m0"
  | "float4e2m1"
  | "uint4"
  | "int4"
  | "uint2"
  | "int2"
  | "undefined";

/**
 * The element types of ONNX (`TensorProto.DataType`), in numpy's and onnxruntime's spelling. `checkModel` refuses those
 * of {@link ELEMENT_TYPES} whose kind is `opaque`. `undefined` is ONNX's own word for "not said", and stands for a type
 * that onnx.proto got after this was written.
 */
export type ElementType = NumberType | OpaqueType;

/**
 * What a tensor stores: one typed array per element type (`bool` as 0 and 1 in bytes). Opaque ones are stored as their
 * bits: `bfloat16` in 16-bit words, complex numbers as pairs, several numbers of less than a byte in one byte.
 */
export type TensorValues =
  | Float16Array
  | Float32Array
  | Float64Array
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

interface ElementRule {
  /** `TensorProto.DataType` of onnx.proto. */
  readonly code: number;
  /** Bytes of one entry of the typed array. */
  readonly bytes: 1 | 2 | 4 | 8;
  /** Bits of one element, where that is not the size of an entry. */
  readonly bits?: 2 | 4 | 64 | 128;
  readonly kind: "float" | "int" | "bool" | "opaque";
  /** A typed array over the whole buffer; hosts are little-endian, as ONNX's raw data is. */
  readonly over: (buffer: ArrayBuffer) => TensorValues;
}

function float16(buffer: ArrayBuffer): Float16Array {
  if (typeof Float16Array === "function") return new Float16Array(buffer);
  throw tidelineError("RUNTIME_UNSUPPORTED", {
    who: "a float16 tensor",
    expected: "a JavaScript engine with Float16Array (Node 24, Chrome 135, Firefox 129, Safari 18.2)",
    received: "one without",
  });
}

const bytes = (buffer: ArrayBuffer): Uint8Array => new Uint8Array(buffer);

/** The table of element types. */
export const ELEMENT_TYPES = {
  float32: { code: 1, bytes: 4, kind: "float", over: (buffer) => new Float32Array(buffer) },
  float64: { code: 11, bytes: 8, kind: "float", over: (buffer) => new Float64Array(buffer) },
  float16: { code: 10, bytes: 2, kind: "float", over: float16 },
  int8: { code: 3, bytes: 1, kind: "int", over: (buffer) => new Int8Array(buffer) },
  uint8: { code: 2, bytes: 1, kind: "int", over: bytes },
  int16: { code: 5, bytes: 2, kind: "int", over: (buffer) => new Int16Array(buffer) },
  uint16: { code: 4, bytes: 2, kind: "int", over: (buffer) => new Uint16Array(buffer) },
  int32: { code: 6, bytes: 4, kind: "int", over: (buffer) => new Int32Array(buffer) },
  uint32: { code: 12, bytes: 4, kind: "int", over: (buffer) => new Uint32Array(buffer) },
  int64: { code: 7, bytes: 8, kind: "int", over: (buffer) => new BigInt64Array(buffer) },
  uint64: { code: 13, bytes: 8, kind: "int", over: (buffer) => new BigUint64Array(buffer) },
  bool: { code: 9, bytes: 1, kind: "bool", over: bytes },
  string: { code: 8, bytes: 1, kind: "opaque", over: bytes },
  complex64: { code: 14, bytes: 4, bits: 64, kind: "opaque", over: (buffer) => new Float32Array(buffer) },
  complex128: { code: 15, bytes: 8, bits: 128, kind: "opaque", over: (buffer) => new Float64Array(buffer) },
  bfloat16: { code: 16, bytes: 2, kind: "opaque", over: (buffer) => new Uint16Array(buffer) },
  float8e4m3fn: { code: 17, bytes: 1, kind: "opaque", over: bytes },
  float8e4m3fnuz: { code: 18, bytes: 1, kind: "opaque", over: bytes },
  float8e5m2: { code: 19, bytes: 1, kind: "opaque", over: bytes },
  float8e5m2fnuz: { code: 20, bytes: 1, kind: "opaque", over: bytes },
  uint4: { code: 21, bytes: 1, bits: 4, kind: "opaque", over: bytes },
  int4: { code: 22, bytes: 1, bits: 4, kind: "opaque", over: bytes },
  float4e2m1: { code: 23, bytes: 1, bits: 4, kind: "opaque", over: bytes },
  float8e8m0: { code: 24, bytes: 1, kind: "opaque", over: bytes },
  uint2: { code: 25, bytes: 1, bits: 2, kind: "opaque", over: bytes },
  int2: { code: 26, bytes: 1, bits: 2, kind: "opaque", over: bytes },
  undefined: { code: 0, bytes: 1, kind: "opaque", over: bytes },
} satisfies Record<ElementType, ElementRule>;

const RULES: Readonly<Record<ElementType, ElementRule>> = ELEMENT_TYPES;

const BY_CODE: readonly (ElementType | undefined)[] = Object.entries(RULES).reduce<ElementType[]>(
  (table, [name, { code }]) => {
    table[code] = name as ElementType;
    return table;
  },
  [],
);

/** The element type with this `TensorProto.DataType` code, where there is one that says something. */
export function elementTypeOfCode(code: number): ElementType | undefined {
  return code === 0 ? undefined : BY_CODE[code];
}

/** The names of the element types that kernels compute on, for messages. */
export const NUMBER_TYPES: readonly string[] = Object.freeze(
  Object.entries(RULES).flatMap(([name, { kind }]) => (kind === "opaque" ? [] : [name])),
);

/** Whether kernels compute on an element type; others are only carried from file to file. */
export function isComputable(elementType: ElementType): boolean {
  return RULES[elementType].kind !== "opaque";
}

/** Bytes that hold `count` elements; several of less than a byte share one. */
export function storedBytes(elementType: ElementType, count: number): number {
  const { bytes, bits = 8 * bytes } = RULES[elementType];
  return Math.ceil((count * bits) / 8);
}

const BY_ARRAY: Readonly<Record<string, ElementType>> = {
  Float16Array: "float16",
  Float32Array: "float32",
  Float64Array: "float64",
  Int8Array: "int8",
  Int16Array: "int16",
  Uint16Array: "uint16",
  Int32Array: "int32",
  Uint32Array: "uint32",
  BigInt64Array: "int64",
  BigUint64Array: "uint64",
};

/** The element type that a typed array stands for; bytes stand for `uint8`. */
export function elementTypeOf(values: TensorValues): ElementType {
  return BY_ARRAY[values[Symbol.toStringTag]] ?? "uint8";
}

/** Numbers as a tensor's storage of an element type; fractions are cut off towards integers. */
export function valuesOf(elementType: ElementType, numbers: readonly number[]): TensorValues {
  const rule = RULES[elementType];
  const values = rule.over(new ArrayBuffer(numbers.length * rule.bytes));
  for (const [at, number] of numbers.entries())
    if (values instanceof BigInt64Array || values instanceof BigUint64Array)
      values[at] = BigInt(Math.trunc(number));
    else values[at] = number;
  return values;
}
