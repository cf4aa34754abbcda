/** An object of JSON whose fields are not known. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The value as an object; an empty one where it is none. */
export const objectOf = (value: unknown): JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};

/** The objects of a list; nothing where it is no list. */
export const listOf = (value: unknown): readonly JsonObject[] =>
  Array.isArray(value) ? value.map(objectOf) : [];

/** A finite number; 0 otherwise. */
export const numberOf = (value: unknown): number => numberOrNull(value) ?? 0;

/** A finite number; null otherwise. */
export const numberOrNull = (value: unknown): number | null =>
  typeof value === "number" && Number.isFinite(value) ? value : null;

/** A string; empty otherwise. */
export const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** A time that a `Date` can hold (at most 8.64e15 ms from 1970), or null. */
export function timeOrNull(value: unknown): number | null {
  const at = numberOrNull(value);
  return at !== null && Math.abs(at) <= 8.64e15 ? at : null;
}

/** A time that a `Date` can hold; 1970 otherwise. */
export const timeOf = (value: unknown): number => timeOrNull(value) ?? 0;

/** The fields of an object whose values pass a test. */
export function fieldsOf<Value>(
  value: unknown,
  test: (field: unknown) => field is Value,
): Readonly<Record<string, Value>> {
  const entries = Object.entries(objectOf(value)).filter((entry): entry is [string, Value] => test(entry[1]));
  return Object.fromEntries(entries);
}

/** Whether a value is a finite number. */
export const isNumber = (value: unknown): value is number => numberOrNull(value) !== null;

/** Whether a value is a finite number or a string. */
export const isFigure = (value: unknown): value is string | number =>
  typeof value === "string" || isNumber(value);

/** One of some words, or the first of them. */
export const wordOf = <Word extends string>(value: unknown, words: readonly [Word, ...Word[]]): Word =>
  words.find((word) => word === value) ?? words[0];
