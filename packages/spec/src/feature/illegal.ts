import { type TidelineError, tidelineError } from "../error.ts";

/** A short text of any value, for messages. */
export function show(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  const text =
    typeof value === "string" || (value !== null && typeof value === "object")
      ? JSON.stringify(value)
      : String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** The language's only error: `FEATURE_ILLEGAL`, with who, which field, expected, received and what to do. */
export function illegal(
  who: string,
  field: string,
  expected: string,
  received: string,
  remedy?: string,
): TidelineError {
  return tidelineError("FEATURE_ILLEGAL", {
    who,
    field,
    expected,
    received,
    ...(remedy === undefined ? {} : { remedy }),
  });
}
