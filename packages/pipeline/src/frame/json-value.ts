import { repeatedKey } from "./repeated-key.ts";

/** Sixteen digits in a row may be an integer that a double does not hold. */
const LONG = /\d{16}/u;

/** A line of JSON: an object, or what is wrong with it. Whole numbers beyond 2^53 are `bigint`s, up to 20 digits. */
export function parseLine(text: string): Readonly<Record<string, unknown>> | string {
  let value: unknown;
  try {
    value = LONG.test(text)
      ? JSON.parse(text, exact as (key: string, value: unknown) => unknown)
      : JSON.parse(text);
  } catch (error) {
    return `no JSON: ${(error as Error).message.slice(0, 200)}`;
  }
  const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
  if (!isObject) return "expected an object in braces";
  const twice = repeatedKey(text, Object.keys(value as object).length);
  return twice === undefined ? (value as Record<string, unknown>) : `field ${JSON.stringify(twice)} twice`;
}

function exact(_key: string, value: unknown, { source }: { readonly source?: string }): unknown {
  if (typeof value !== "number" || Number.isSafeInteger(value) || !/^-?\d{1,20}$/u.test(source ?? ""))
    return value;
  return BigInt(source!);
}
