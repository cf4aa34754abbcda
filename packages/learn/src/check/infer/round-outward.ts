/** A number on a grid of powers of ten at or below a value (or at or above it). */
function onGrid(value: number, exponent: number, up: boolean): number {
  const whole = up ? Math.ceil : Math.floor;
  // A power of ten below 1 is no double: dividing by its inverse rounds once.
  const at =
    exponent < 0
      ? whole(value * 10 ** -exponent) / 10 ** -exponent
      : whole(value / 10 ** exponent) * 10 ** exponent;
  const beyond = up ? at < value : at > value;
  return Number.isFinite(at) && !beyond ? at + 0 : value;
}

/** What {@link roundOutward} makes bounds of. */
export interface Spread {
  readonly min: number;
  readonly max: number;
  /** Room on either side, as a share of the spread. */
  readonly slack: number;
  readonly whole: boolean;
}

/**
 * Bounds that hold numbers and some room beyond them, in two digits of the spread, so that neither is the number of a row.
 * Numbers that are never negative stay so, shares stay within 1.
 */
export function roundOutward({ min, max, slack, whole }: Spread): readonly [number, number] {
  const size = Math.max(Math.abs(min), Math.abs(max));
  const spread = max > min && Number.isFinite(max - min) ? max - min : size || 1;
  // Whole numbers beyond 2^53 came rounded.
  const room = Math.max(slack * spread, 8 * Number.EPSILON * size);
  const fine = Math.floor(Math.log10(spread)) - 1;
  const exponent = Math.max(-300, whole ? Math.max(0, fine) : fine);
  let [low, high] = [onGrid(min - room, exponent, false), onGrid(max + room, exponent, true)];
  if (min >= 0) low = Math.max(0, low);
  if (max <= 0) high = Math.min(0, high);
  if (min >= 0 && max <= 1 && !whole) high = Math.min(1, high);
  return [Math.max(low, -Number.MAX_VALUE), Math.min(high, Number.MAX_VALUE)];
}

/** A share rounded up to three digits after the point. */
export function shareAbove(share: number): number {
  return Math.min(1, onGrid(share, -3, true));
}

/** A number rounded to three digits of a spread. */
export function roundWithin(value: number, spread: number): number {
  const exponent = Math.floor(Math.log10(spread)) - 2;
  if (!(exponent >= -300 && exponent <= 300)) return value;
  return exponent < 0
    ? Math.round(value * 10 ** -exponent) / 10 ** -exponent
    : Math.round(value / 10 ** exponent) * 10 ** exponent;
}
