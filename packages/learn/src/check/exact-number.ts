import type { Column } from "../frame/column.ts";

/** Whole numbers below this in size are float64 without rounding. */
const EXACT = 2 ** 53;

/** A number that may be compared with any other without rounding; JavaScript compares both kinds exactly. */
export type ExactNumber = number | bigint;

/** The 64-bit values of a column that has such. */
export function wideValuesOf(column: Column): BigInt64Array | BigUint64Array | undefined {
  if (column.kind !== "integer") return undefined;
  const { values } = column;
  return values instanceof BigInt64Array || values instanceof BigUint64Array ? values : undefined;
}

/** A number of a column as it is: the rounded one where that is exact or NaN, the 64-bit value otherwise. */
export function exactOf(
  rounded: number,
  wide: BigInt64Array | BigUint64Array | undefined,
  row: number,
): ExactNumber {
  return wide === undefined || !(Math.abs(rounded) >= EXACT) ? rounded : wide[row]!;
}
