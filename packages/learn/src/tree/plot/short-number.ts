/** In how few characters a number is told. */
export interface ShortForm {
  /** Digits of numbers that are not whole. Default 4. */
  readonly digits?: number;
  /** Whole numbers below this keep all of theirs. Default 10^6. */
  readonly whole?: number;
}

/** A number in few characters; nothing for NaN. Sizes from 10^6 on and below 10^-3 have an exponent. */
export function shortNumber(value: number, { digits = 4, whole = 1e6 }: ShortForm = {}): string {
  if (Number.isNaN(value)) return "";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < whole) return String(value);
  const near = Number(value.toPrecision(digits));
  return size >= 1e6 || size < 1e-3 ? near.toExponential().replace("e+", "e") : String(near);
}
