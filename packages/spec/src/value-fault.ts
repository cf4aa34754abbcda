import { mediaFault } from "./media-reference.ts";
import type { FieldType, FrameType } from "./type.ts";

/** What is wrong with a number's size, or undefined. */
function outOfRange(type: { min?: number; max?: number }, value: number): string | undefined {
  if (type.min !== undefined && value < type.min) return `expected at least ${type.min}, received ${value}`;
  if (type.max !== undefined && value > type.max) return `expected at most ${type.max}, received ${value}`;
  return undefined;
}

/**
 * What is wrong with a value of a field that is no frame, or undefined: the one check of the phone, before an event
 * is recorded, and of the server, before it is stored.
 *
 * @example valueFault(t.int({ min: 0 }), -1); // "expected at least 0, received -1"
 */
export function valueFault(type: Exclude<FieldType, FrameType>, value: unknown): string | undefined {
  const received =
    value === null ? "null" : Array.isArray(value) ? `an array of ${value.length}` : typeof value;
  switch (type.kind) {
    case "string":
      if (typeof value !== "string") return `expected a string, received ${received}`;
      if (value.length > type.maxLength)
        return `expected at most ${type.maxLength} characters, received ${value.length}`;
      if (type.oneOf !== undefined && !type.oneOf.includes(value))
        return `expected one of ${type.oneOf.join(", ")}`;
      return undefined;
    case "int":
    case "time":
      if (!Number.isSafeInteger(value)) return `expected a safe integer, received ${received}`;
      return type.kind === "int" ? outOfRange(type, value as number) : undefined;
    case "float":
      if (typeof value !== "number" || !Number.isFinite(value))
        return `expected a finite number, received ${received}`;
      return outOfRange(type, value);
    case "boolean":
      return typeof value === "boolean" ? undefined : `expected a boolean, received ${received}`;
    case "vector":
      return Array.isArray(value) &&
        value.length === type.size &&
        value.every((item) => Number.isFinite(item))
        ? undefined
        : `expected ${type.size} finite numbers, received ${received}`;
    case "media":
      return mediaFault(type, value);
  }
}
