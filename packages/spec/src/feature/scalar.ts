import { illegal, show } from "./illegal.ts";

/**
 * The types of the expression language. `int64` holds safe integers only (|x| < 2^53, so that a phone needs no
 * BigInt), `time` integer milliseconds since 1970 UTC within ECMAScript's range (|x| <= 8.64e15). Every type is
 * nullable. `float64` is IEEE 754, except that -0 is 0.
 */
export const SCALAR_TYPES = ["float64", "int64", "boolean", "string", "time"] as const;

/** One type of the language; see {@link SCALAR_TYPES}. */
export type ScalarType = (typeof SCALAR_TYPES)[number];

/** The types that arithmetic takes. */
export type NumericType = "float64" | "int64";

/** A value of the language, in JavaScript. */
export type Scalar = number | string | boolean | null;

/** The TypeScript type of a non-null value of a scalar type. */
export type ScalarOf<Type extends ScalarType> = Type extends "string"
  ? string
  : Type extends "boolean"
    ? boolean
    : number;

/** The greatest |time| in milliseconds: 1e8 days, ECMAScript's range of dates. */
export const MAX_TIME = 8.64e15;

/** Strings travel as UTF-8, which has no lone surrogate. */
const LONE_SURROGATE = /[\uD800-\uDFFF]/gu;

/** A result of integer arithmetic: out of range is null. */
export function inInt64(value: number): number | null {
  return Number.isSafeInteger(value) ? value + 0 : null;
}

/** A result of time arithmetic: out of range is null. */
export function inTime(value: number): number | null {
  return Math.abs(value) <= MAX_TIME ? value + 0 : null;
}

/**
 * Reads a raw value as a scalar. Absent is null; an integer or a time out of range is null; -0 is 0; a lone
 * surrogate becomes U+FFFD. A value of another type throws `FEATURE_ILLEGAL`.
 */
export function readScalar(type: ScalarType, raw: unknown, field: string): Scalar {
  if (raw === null || raw === undefined) return null;
  const number = typeof raw === "bigint" && type !== "string" && type !== "boolean" ? Number(raw) : raw;
  if (type === "float64" && typeof number === "number") return number + 0;
  if (type === "string" && typeof raw === "string") return raw.replace(LONE_SURROGATE, "\uFFFD");
  if (type === "boolean" && typeof raw === "boolean") return raw;
  if ((type === "int64" || type === "time") && Number.isInteger(number)) {
    return type === "int64" ? inInt64(number as number) : inTime(number as number);
  }
  throw illegal("row", field, type, show(raw), "Send the row through the event's schema check first.");
}
