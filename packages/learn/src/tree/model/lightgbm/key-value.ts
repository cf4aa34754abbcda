import { tidelineError, type TidelineError } from "@tideline/spec";

/** The error for a text that is no model of LightGBM. */
export function malformedLightgbm(field: string, expected: string, received: string): TidelineError {
  const short = received.length > 60 ? `${received.slice(0, 60)}...` : received;
  return tidelineError("MODEL_MALFORMED", { who: "readLightgbm", field, expected, received: short });
}

/** The error for a model that this library has no place for. */
export function unsupportedLightgbm(field: string, expected: string, received: string, remedy?: string) {
  return tidelineError("MODEL_UNSUPPORTED", { who: "readLightgbm", field, expected, received, remedy });
}

/** Lines `key=value` of a header or a tree. */
export interface KeyValues {
  /** For messages: "header", or "tree 3". */
  readonly title: string;
  readonly values: ReadonlyMap<string, string>;
}

/** The keys of some lines; a line without `=` is a key that is set. The first of a key counts, as in LightGBM. */
export function keyValues(title: string, lines: readonly string[]): KeyValues {
  const values = new Map<string, string>();
  for (const line of lines) {
    const sign = line.indexOf("=");
    const key = sign < 0 ? line.trim() : line.slice(0, sign).trim();
    if (key !== "" && !values.has(key)) values.set(key, sign < 0 ? "" : line.slice(sign + 1).trim());
  }
  return { title, values };
}

/** A value that must be there. */
export function textOf({ title, values }: KeyValues, key: string): string {
  const value = values.get(key);
  if (value === undefined) throw malformedLightgbm(title, `a line "${key}="`, "none");
  return value;
}

/** An integer from `least` to `most`. */
export function integerOf(from: KeyValues, key: string, least: number, most: number): number {
  const text = textOf(from, key);
  const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw malformedLightgbm(`${from.title}, ${key}`, `an integer from ${least} to ${most}`, text);
}

const SPECIAL: Readonly<Record<string, number>> = {
  inf: Infinity,
  "+inf": Infinity,
  "-inf": -Infinity,
  nan: Number.NaN,
  "-nan": Number.NaN,
};

/**
 * As many numbers as there must be. A key that is missing gives NaN for all where `optional`.
 *
 * @throws MODEL_MALFORMED
 */
export function numbersOf(from: KeyValues, key: string, count: number, optional = false): Float64Array {
  if (optional && !from.values.has(key)) return new Float64Array(count).fill(Number.NaN);
  const text = textOf(from, key);
  const parts = text === "" ? [] : text.split(" ");
  // Trees of one leaf may leave out what leaves know of their rows.
  if (optional && parts.length === 0) return new Float64Array(count).fill(Number.NaN);
  if (parts.length !== count)
    throw malformedLightgbm(`${from.title}, ${key}`, `${count} numbers`, `${parts.length}`);
  return Float64Array.from(parts, (part) => {
    const value = SPECIAL[part.toLowerCase()] ?? (part === "" ? undefined : Number(part));
    if (value === undefined || (Number.isNaN(value) && !/nan$/i.test(part)))
      throw malformedLightgbm(`${from.title}, ${key}`, "a number", part);
    return value;
  });
}

/** As {@link numbersOf}, integers from `least` to `most`. */
export function integersOf(
  from: KeyValues,
  key: string,
  count: number,
  least: number,
  most: number,
): Float64Array {
  const values = numbersOf(from, key, count);
  for (const value of values)
    if (!Number.isInteger(value) || value < least || value > most)
      throw malformedLightgbm(`${from.title}, ${key}`, `integers from ${least} to ${most}`, String(value));
  return values;
}
