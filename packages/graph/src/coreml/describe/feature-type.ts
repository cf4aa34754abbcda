import {
  doubleField,
  floatField,
  intField,
  intUnlessZero,
  messageField,
  packedInts,
  type ProtoField,
} from "./message.ts";

/**
 * Element types of a multi-array with their numbers. Source: `ArrayFeatureType.ArrayDataType` of FeatureTypes.proto in
 * Apple's coremltools (BSD-3-Clause).
 */
export const ARRAY_TYPES = {
  float16: 65_552,
  float32: 65_568,
  float64: 65_600,
  int8: 131_080,
  int32: 131_104,
} as const;

/** The name of an element type of a multi-array. */
export type ArrayElementType = keyof typeof ARRAY_TYPES;

/** How long an axis may be: `upper` is -1 where it has no end. */
export interface SizeRange {
  readonly lower: number;
  readonly upper: number;
}

/** What a value of a model's interface is, as `FeatureType` of FeatureTypes.proto says it. */
export type CoremlFeatureType = (
  | { readonly kind: "int64" | "double" | "string" }
  | {
      readonly kind: "array";
      readonly elementType: ArrayElementType;
      /** The shape that is allocated where nobody asks for another; empty where any will do. */
      readonly shape: readonly number[];
      /** Lengths by axis, for a shape that an app may choose (iOS 12 on). */
      readonly ranges?: readonly SizeRange[];
      /** All shapes that an app may choose, instead of `ranges`; the first is `shape` (iOS 12 on). */
      readonly shapes?: readonly (readonly number[])[];
      /** What an optional array holds where the app gives none (iOS 14 on). */
      readonly defaultValue?: number;
    }
  | { readonly kind: "dictionary"; readonly key: "string" | "int64" }
  | { readonly kind: "sequence"; readonly of: "string" | "int64"; readonly range?: SizeRange }
) & {
  /** Whether an app may leave the value out. */
  readonly optional?: boolean;
};

const sizeRange = (field: number, { lower, upper }: SizeRange): ProtoField =>
  messageField(field, [...intUnlessZero(1, lower), ...intUnlessZero(2, upper)]);

/** The default of an optional array: a field for each of the types that may have one. */
function defaultField(elementType: ArrayElementType, value: number): ProtoField {
  if (elementType === "float64") return doubleField(61, value);
  return elementType === "int32" ? intField(41, value) : floatField(51, value);
}

function arrayFields(type: Extract<CoremlFeatureType, { kind: "array" }>): readonly ProtoField[] {
  const { shape, elementType, shapes, ranges, defaultValue } = type;
  return [
    packedInts(1, shape),
    intField(2, ARRAY_TYPES[elementType]),
    ...(shapes === undefined
      ? []
      : [
          messageField(
            21,
            shapes.map((one) => messageField(1, [packedInts(1, one)])),
          ),
        ]),
    ...(ranges === undefined || shapes !== undefined
      ? []
      : [
          messageField(
            31,
            ranges.map((range) => sizeRange(1, range)),
          ),
        ]),
    ...(defaultValue === undefined ? [] : [defaultField(elementType, defaultValue)]),
  ];
}

function typeField(type: CoremlFeatureType): ProtoField {
  switch (type.kind) {
    case "int64":
      return messageField(1, []);
    case "double":
      return messageField(2, []);
    case "string":
      return messageField(3, []);
    case "array":
      return messageField(5, arrayFields(type));
    case "dictionary":
      return messageField(6, [messageField(type.key === "int64" ? 1 : 2, [])]);
    case "sequence":
      return messageField(7, [
        messageField(type.of === "int64" ? 1 : 3, []),
        ...(type.range === undefined ? [] : [sizeRange(101, type.range)]),
      ]);
  }
}

/** The fields of a `FeatureType`. */
export function featureTypeFields(type: CoremlFeatureType): readonly ProtoField[] {
  return [typeField(type), ...(type.optional === true ? [intField(1000, 1)] : [])];
}

/** A type as people read it: `float64[14]`, `string`, `dictionary of string`. */
export function formatFeatureType(type: CoremlFeatureType): string {
  const text =
    type.kind === "array"
      ? `${type.elementType}[${type.shape.join(", ")}]`
      : type.kind === "dictionary"
        ? `dictionary of ${type.key}`
        : type.kind === "sequence"
          ? `sequence of ${type.of}`
          : type.kind;
  return type.optional === true ? `${text}, optional` : text;
}
