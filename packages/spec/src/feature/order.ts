import type { Scalar } from "./scalar.ts";

/** UTF-16 puts the surrogates (code points from U+10000) below U+E000..U+FFFF; this puts them above. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

/** Order of strings by code point, which is also the order of their UTF-8 bytes. */
export function compareStrings(left: string, right: string): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index += 1) {
    const a = left.charCodeAt(index);
    const b = right.charCodeAt(index);
    if (a !== b) return rank(a) - rank(b);
  }
  return left.length - right.length;
}

/**
 * The total order of two non-null values of one type, as in DuckDB, PostgreSQL and Spark: NaN equals NaN and is
 * greater than every number, false is less than true, strings go by code point.
 *
 * @returns negative, zero or positive
 */
export function compareScalars(left: NonNullable<Scalar>, right: NonNullable<Scalar>): number {
  if (typeof left === "string") return compareStrings(left, right as string);
  const a = Number(left);
  const b = Number(right);
  if (a < b) return -1;
  if (a > b) return 1;
  return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
}
