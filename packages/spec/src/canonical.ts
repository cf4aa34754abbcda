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

/** The value of UTF-8 JSON, or undefined where the bytes are none. */
export function parseJson(bytes: Uint8Array, text: TextCodec): unknown {
  try {
    return JSON.parse(text.decode(bytes));
  } catch {
    return undefined;
  }
}
