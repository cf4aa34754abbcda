import { tidelineError, type TidelineError } from "@tideline/spec";

/** The error for a text that is no model of XGBoost. */
export function malformedXgboost(field: string, expected: string, received: unknown): TidelineError {
  const text = String(received);
  const short = text.length > 60 ? `${text.slice(0, 60)}...` : text;
  return tidelineError("MODEL_MALFORMED", { who: "readXgboost", field, expected, received: short });
}

/** The error for a model that this library has no place for. */
export function unsupportedXgboost(field: string, expected: string, received: string, remedy?: string) {
  return tidelineError("MODEL_UNSUPPORTED", { who: "readXgboost", field, expected, received, remedy });
}

/** An object of a JSON text, and where it stands. */
export interface JsonObject {
  readonly path: string;
  readonly value: Readonly<Record<string, unknown>>;
}

function at({ path, value }: JsonObject, key: string): unknown {
  if (Object.hasOwn(value, key)) return value[key];
  throw malformedXgboost(path, `a field "${key}"`, "none");
}

/** A value as an object. */
export function objectFrom(path: string, value: unknown): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return { path, value: value as Readonly<Record<string, unknown>> };
  throw malformedXgboost(path, "an object", value === null ? "null" : typeof value);
}

/** A field that is an object. */
export function objectIn(from: JsonObject, key: string): JsonObject {
  return objectFrom(`${from.path}.${key}`, at(from, key));
}

/** A field that is a list. */
export function listIn(from: JsonObject, key: string): readonly unknown[] {
  const value = at(from, key);
  if (Array.isArray(value)) return value;
  throw malformedXgboost(`${from.path}.${key}`, "a list", typeof value);
}

/** A field that is a text; the fallback where there is none. */
export function textIn(from: JsonObject, key: string, fallback?: string): string {
  if (fallback !== undefined && !Object.hasOwn(from.value, key)) return fallback;
  const value = at(from, key);
  if (typeof value === "string") return value;
  throw malformedXgboost(`${from.path}.${key}`, "a text", typeof value);
}

/** A parameter: an integer, which XGBoost writes as a text. */
export function parameterIn(
  from: JsonObject,
  key: string,
  least: number,
  most: number,
  fallback?: string,
): number {
  const text = textIn(from, key, fallback);
  const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw malformedXgboost(`${from.path}.${key}`, `an integer from ${least} to ${most}`, text);
}

/** A list of finite numbers, rounded to single precision. */
export function floatsIn(from: JsonObject, key: string, count?: number): Float64Array {
  const list = listIn(from, key);
  if (count !== undefined && list.length !== count)
    throw malformedXgboost(`${from.path}.${key}`, `${count} numbers`, list.length);
  return Float64Array.from(list, (value) => {
    const near = typeof value === "number" ? Math.fround(value) : Number.NaN;
    if (Number.isFinite(near)) return near;
    throw malformedXgboost(`${from.path}.${key}`, "numbers of single precision", value);
  });
}

/** A list of integers; truths count as 0 and 1. */
export function integersIn(
  from: JsonObject,
  key: string,
  least: number,
  most: number,
  count?: number,
): Float64Array {
  const list = listIn(from, key);
  if (count !== undefined && list.length !== count)
    throw malformedXgboost(`${from.path}.${key}`, `${count} integers`, list.length);
  return Float64Array.from(list, (value) => {
    const number = typeof value === "boolean" ? Number(value) : value;
    if (Number.isInteger(number) && (number as number) >= least && (number as number) <= most)
      return number as number;
    throw malformedXgboost(`${from.path}.${key}`, `integers from ${least} to ${most}`, value);
  });
}
