/**
 * Bytes by their content address: what an event says of an image, a sound or a film. It travels as JSON; the bytes stay
 * on the phone. `createMedia().put` of `@tideline/device` makes it.
 */
export interface MediaReference {
  /** Lower-case hexadecimal SHA-256 of the bytes. */
  readonly sha256: string;
  /** How many bytes, at least one. */
  readonly bytes: number;
  /** Media type, as `image/jpeg`. */
  readonly type: string;
}

/** A field that holds a {@link MediaReference}; see `t.media`. */
export interface MediaFieldType {
  readonly kind: "media";
  /** Media types that are taken, lower case and without parameters. */
  readonly types: readonly string[];
  /** Most bytes that the media may have. */
  readonly maxBytes: number;
}

/** RFC 6838, section 4.2, lower case and without parameters. */
const TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,63}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}$/;

/**
 * Whether a text is a media type as references name it.
 *
 * @example isMediaType("image/jpeg"); // true
 */
export function isMediaType(text: string): boolean {
  return TYPE.test(text);
}

/**
 * What is wrong with the value of a media field, or undefined. Members that no reference has are refused: they could
 * say what nobody declared, such as a path.
 *
 * @example mediaFault(t.media({ types: ["image/png"], maxBytes: 9 }), "x"); // "expected { sha256, bytes, type }"
 */
export function mediaFault(field: MediaFieldType, value: unknown): string | undefined {
  const isObject = typeof value === "object" && value !== null;
  const { sha256, bytes, type, ...rest } = (isObject ? value : {}) as Readonly<Record<string, unknown>>;
  if (!isObject || Object.keys(rest).length > 0) return "expected { sha256, bytes, type } and nothing else";
  if (typeof sha256 !== "string" || !/^[0-9a-f]{64}$/.test(sha256))
    return "expected sha256 in 64 hexadecimal digits, lower case";
  if (!Number.isSafeInteger(bytes) || (bytes as number) < 1 || (bytes as number) > field.maxBytes)
    return `expected from 1 to ${field.maxBytes} bytes, received ${typeof bytes === "number" ? bytes : typeof bytes}`;
  return field.types.includes(type as string)
    ? undefined
    : `expected one of the types ${field.types.join(", ")}`;
}
