import type { ElementType } from "../../element-type.ts";

/** The numbers of a constant, as a file holds them; half-precision ones as their bits. */
export type MilValues = Float32Array | Int32Array | Uint16Array | Int8Array | Uint8Array | Uint32Array;

interface MilTypeRule {
  /** `DataType` of MIL.proto. */
  readonly code: number;
  /** `BlobDataType` of weight.bin, for those that it holds. */
  readonly blob?: number;
  readonly over: (values: readonly number[]) => MilValues;
}

/** The element types that we write. Source: MIL.proto and MILBlob/Blob/BlobDataType.hpp of Apple's coremltools (BSD-3-Clause). */
export const MIL_TYPES = {
  bool: { code: 1, over: (values) => Uint8Array.from(values) },
  fp16: { code: 10, blob: 1, over: (values) => Uint16Array.from(values) },
  fp32: { code: 11, blob: 2, over: (values) => Float32Array.from(values) },
  int8: { code: 21, blob: 4, over: (values) => Int8Array.from(values) },
  int32: { code: 23, over: (values) => Int32Array.from(values) },
  uint8: { code: 31, blob: 3, over: (values) => Uint8Array.from(values) },
  uint32: { code: 33, over: (values) => Uint32Array.from(values) },
} as const satisfies Record<string, MilTypeRule>;

/** `DataType` of texts. */
export const STRING_CODE = 2;

/** `DataType` of numbers in double precision, which only the probabilities of a classifier are. */
export const FLOAT64_CODE = 12;

/** The name of an element type of MIL. */
export type MilType = keyof typeof MIL_TYPES;

const RULES: Readonly<Record<MilType, MilTypeRule>> = MIL_TYPES;

/** `BlobDataType` of a type that weight.bin holds. */
export const blobCodeOf = (type: MilType): number | undefined => RULES[type].blob;

/** Which type of MIL computes with which of ours: whole numbers have 32 bits, fractions single precision. */
const OF_ELEMENT: Partial<Record<ElementType, MilType>> = {
  float32: "fp32",
  float16: "fp32",
  int64: "int32",
  int32: "int32",
  int16: "int32",
  uint16: "int32",
  int8: "int32",
  uint8: "int32",
  bool: "bool",
};

/** The type of MIL that holds numbers of one of ours; undefined where there is none. */
export function milTypeOf(elementType: ElementType): MilType | undefined {
  return OF_ELEMENT[elementType];
}
