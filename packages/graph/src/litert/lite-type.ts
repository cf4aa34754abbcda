import type { ElementType } from "../element-type.ts";

/** A number type of LiteRT. */
interface LiteTypeRule {
  /** `TensorType` of schema.fbs. */
  readonly code: number;
  readonly over: (values: readonly number[]) => LiteValues;
}

/** The numbers of a constant, as a file holds them; half-precision ones as their bits. */
export type LiteValues =
  | Float32Array
  | Float64Array
  | Int32Array
  | BigInt64Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

/** The tensor types that we write. */
export const LITE_TYPES = {
  FLOAT32: { code: 0, over: (values) => Float32Array.from(values) },
  FLOAT16: { code: 1, over: (values) => Uint16Array.from(values) },
  INT32: { code: 2, over: (values) => Int32Array.from(values) },
  UINT8: { code: 3, over: (values) => Uint8Array.from(values) },
  INT64: { code: 4, over: (values) => BigInt64Array.from(values, BigInt) },
  BOOL: { code: 6, over: (values) => Uint8Array.from(values) },
  INT16: { code: 7, over: (values) => Int16Array.from(values) },
  COMPLEX64: { code: 8, over: (values) => Float32Array.from(values) },
  INT8: { code: 9, over: (values) => Int8Array.from(values) },
  FLOAT64: { code: 10, over: (values) => Float64Array.from(values) },
} as const satisfies Record<string, LiteTypeRule>;

/** The name of a tensor type of LiteRT. */
export type LiteType = keyof typeof LITE_TYPES;

/** Which type of LiteRT holds which of ours; half-precision numbers are computed with in single precision. */
const OF_ELEMENT: Partial<Record<ElementType, LiteType>> = {
  float32: "FLOAT32",
  float16: "FLOAT32",
  float64: "FLOAT64",
  int32: "INT32",
  int64: "INT64",
  int16: "INT16",
  int8: "INT8",
  uint8: "UINT8",
  bool: "BOOL",
};

/** The type of LiteRT that holds numbers of one of ours; undefined where there is none. */
export function liteTypeOf(elementType: ElementType): LiteType | undefined {
  return OF_ELEMENT[elementType];
}
