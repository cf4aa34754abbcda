import { tidelineError, type TidelineError } from "@tideline/spec/error";

/** The error for a stored transform that cannot be. */
export function malformedState(
  who: string,
  field: string,
  expected: string,
  received: unknown,
): TidelineError {
  return tidelineError("MODEL_MALFORMED", { who, field, expected, received: String(received) });
}

/**
 * Wants each named field of a state to be float64 numbers of that length.
 *
 * @throws MODEL_MALFORMED
 */
export function checkFloats(who: string, state: unknown, lengths: Readonly<Record<string, number>>): void {
  if (typeof state !== "object" || state === null) throw malformedState(who, "state", "an object", state);
  for (const [field, length] of Object.entries(lengths)) {
    const value = (state as Readonly<Record<string, unknown>>)[field];
    if (!(value instanceof Float64Array) || value.length !== length)
      throw malformedState(
        who,
        field,
        `${length} float64 numbers`,
        value instanceof Float64Array ? value.length : typeof value,
      );
  }
}
