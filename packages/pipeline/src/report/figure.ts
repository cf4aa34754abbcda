import type { ColumnKind } from "@tideline/learn/frame";

/** A whole number with its thousands apart. */
export const count = (value: number): string => WHOLE.format(value);

// One formatter for all: a page of 500 columns has some 50,000 numbers.
const WHOLE = new Intl.NumberFormat("en-GB");
const DIGITS = new Intl.NumberFormat("en-GB", { maximumSignificantDigits: 4 });

/** Words for a number of rows. */
export const rowsText = (value: number): string => `${count(value)} ${value === 1 ? "row" : "rows"}`;

/** A part of a whole in percent; nothing is called 0 % or 100 % that is not. */
export function percent(part: number, whole: number): string {
  if (!(whole > 0)) return "0 %";
  const value = (100 * part) / whole;
  if (value > 0 && value < 0.1) return "< 0.1 %";
  if (value < 100 && value > 99.9) return "> 99.9 %";
  return `${value === 0 || value === 100 ? value : value.toFixed(1)} %`;
}

/** A number to four digits, whole ones whole as long as they are exact. */
export function number(value: number): string {
  if (value === 0) return "0";
  if (Number.isSafeInteger(value)) return count(value).replace("-", "\u2212");
  const size = Math.abs(value);
  const text =
    size >= 1e-4 && size < 1e7
      ? DIGITS.format(value)
      : value
          .toExponential(3)
          .replace(/\.?0+e/u, "e")
          .replace("e+", "e");
  return text.replace("-", "\u2212");
}

/** The largest time of JavaScript, in microseconds. */
const LAST_TIME = 8.64e18;

/** A time in microseconds since 1970, in UTC, without what is midnight. */
export function time(value: number): string {
  if (!(Math.abs(value) <= LAST_TIME)) return number(value);
  const text = new Date(value / 1000).toISOString().replace("T", " ");
  return text.replace(/(?: 00:00)?(?::00)?\.000Z$|Z$/u, "");
}

/** A value of a column of numbers or times; a dash where there is none. */
export function valueOf(value: number | null | undefined, kind: ColumnKind): string {
  if (value === null || value === undefined) return "\u2013";
  return kind === "time" ? time(value) : number(value);
}

const UNITS: readonly (readonly [number, string])[] = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1000, "s"],
  [1, "ms"],
];

/** A time that passed, in milliseconds, in its largest unit. */
export function duration(value: number): string {
  const [size, unit] = UNITS.find(([one]) => Math.abs(value) >= one) ?? UNITS.at(-1)!;
  return `${number(Number((value / size).toPrecision(3)))} ${unit}`;
}
