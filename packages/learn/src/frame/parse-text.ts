/** Decimal numbers, infinities and NaN as CSV files and JSON write them; no hexadecimal, no words around. */
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/iu;
const INTEGER = /^[+-]?\d+$/u;
const INFINITE = /^([+-]?)inf(?:inity)?$/iu;
const TRUE = new Set(["true", "t", "yes", "y", "1"]);
const FALSE = new Set(["false", "f", "no", "n", "0"]);
/** ISO 8601, a date with or without a time, seconds, a fraction, and a zone: without one it is UTC. */
const TIME =
  /^([+-]\d{6}|\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d\d(?::?\d\d)?)?)?$/iu;

/** The number of a text, or undefined where it is none. White space around it does not count. */
export function parseFloatText(text: string): number | undefined {
  const trimmed = text.trim();
  if (NUMBER.test(trimmed)) return Number(trimmed);
  const infinite = INFINITE.exec(trimmed);
  if (infinite !== null) return infinite[1] === "-" ? -Infinity : Infinity;
  return trimmed.toLowerCase() === "nan" ? Number.NaN : undefined;
}

/** The 64-bit whole number of a text. */
export function parseIntegerText(text: string): bigint | undefined {
  const trimmed = text.trim();
  if (!INTEGER.test(trimmed) || trimmed.length > 40) return undefined;
  const value = BigInt(trimmed.replace("+", ""));
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

/** The truth of a text: true, t, yes, y, 1 and their opposites, in any case. */
export function parseBooleanText(text: string): boolean | undefined {
  const word = text.trim().toLowerCase();
  return TRUE.has(word) ? true : FALSE.has(word) ? false : undefined;
}

/**
 * Microseconds since 1970 of an ISO 8601 text that names a day that there is. Digits below a microsecond are cut off.
 *
 * @param instantOf the instant of what a clock without a zone shows, both in microseconds. Default: it shows UTC.
 */
export function parseTimeText(
  text: string,
  instantOf: (shown: number) => number = (shown) => shown,
): number | undefined {
  const match = TIME.exec(text.trim());
  if (match === null) return undefined;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", zone] = match;
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const right = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  if (!right || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const offset = zone === undefined ? 0 : zoneMinutes(zone);
  if (offset === undefined) return undefined;
  const seconds = (Number(hour) * 60 + Number(minute) - offset) * 60 + Number(second);
  const micros = (date.getTime() / 1000 + seconds) * 1e6 + Number(fraction.slice(0, 6).padEnd(6, "0"));
  return zone === undefined ? instantOf(micros) : micros;
}

function zoneMinutes(zone: string): number | undefined {
  if (zone.toUpperCase() === "Z") return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3).replace(":", "") || "0")];
  if (hours > 23 || minutes > 59) return undefined;
  return (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
}

/** A time in microseconds as ISO 8601 in UTC, with as many digits as it needs: milliseconds or microseconds. */
export function timeText(micros: number): string {
  const millis = Math.floor(micros / 1000);
  const rest = micros - millis * 1000;
  const text = new Date(millis).toISOString();
  return rest === 0 ? text : `${text.slice(0, -1)}${String(rest).padStart(3, "0")}Z`;
}
