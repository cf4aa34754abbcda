import type { TextCodec } from "./port.ts";

/** A value that JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * JSON with sorted keys and no white space: the one text of a value, so that its hash names it. Keys whose value
 * is `undefined` are left out, as JSON does; numbers are written as ECMAScript writes them (as RFC 8785 asks);
 * NaN and the infinities have no JSON and throw.
 *
 * @example canonicalJson({ b: 1, a: [true] }) // '{"a":[true],"b":1}'
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item)).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([left], [right]) => (left < right ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(",")}}`;
  }
  // JSON.stringify writes NaN and the infinities as null.
  const text = JSON.stringify(value);
  if (text !== undefined && (text !== "null" || value === null)) return text;
  throw new TypeError(`canonicalJson: expected a value of JSON, received ${String(value)}`);
}

/** Containers within containers: the deepest file of the project has 9. */
const MOST_DEPTH = 64;

/** Whether every client reads a value: numbers that a float64 holds, and no deeper than a phone's stack. */
function isSound(value: unknown, depth = 0): boolean {
  if (depth > MOST_DEPTH) return false;
  if (value === null || typeof value !== "object") return typeof value !== "number" || Number.isFinite(value);
  return Object.values(value).every((item) => isSound(item, depth + 1));
}

/**
 * The value of UTF-8 JSON, or undefined where the bytes are none: as all clients read it (`vectors/release/json.json`), so
 * without a mark before it, numbers that are infinite as a float64 and more than 64 levels. A key given twice keeps its
 * last value.
 */
export function parseJson(bytes: Uint8Array, text: TextCodec): unknown {
  try {
    // A decoder may swallow the mark of UTF-8, with which no JSON begins.
    const value: unknown = bytes[0] === 0xef ? undefined : JSON.parse(text.decode(bytes));
    return isSound(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
