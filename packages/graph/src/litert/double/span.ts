/** Between which numbers a value of double precision lies, and whether it is a whole number. NaN and infinities aside. */
export interface Span {
  readonly low: number;
  readonly high: number;
  readonly whole: boolean;
}

/** Whole numbers up to here are float32 themselves, and so are sums of two that stay within. */
const FLOAT32_WHOLE = 2 ** 24;

/** What a float64 input may be: whole numbers that double precision tells apart, with every instant in microseconds. */
export const INPUT_SPAN: Span = Object.freeze({ low: -(2 ** 53), high: 2 ** 53, whole: false });

/** Nothing is known. */
export const ANY_SPAN: Span = Object.freeze({ low: -Infinity, high: Infinity, whole: false });

/** The span of numbers that are known. */
export function spanOf(numbers: ArrayLike<number>): Span {
  let [low, high, whole] = [Infinity, -Infinity, true];
  for (let at = 0; at < numbers.length; at += 1) {
    const number = numbers[at]!;
    if (Number.isNaN(number)) continue;
    low = Math.min(low, number);
    high = Math.max(high, number);
    whole &&= Number.isInteger(number);
  }
  return low > high ? { low: 0, high: 0, whole: true } : { low, high, whole };
}

/** The largest size in a span. */
export const sizeOf = ({ low, high }: Span): number => Math.max(Math.abs(low), Math.abs(high));

/** Whether float32 holds every number of a span exactly. */
export const isSmallWhole = (span: Span): boolean => span.whole && sizeOf(span) <= FLOAT32_WHOLE;

/** The span of either of two. */
export function eitherSpan(a: Span, b: Span): Span {
  return { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high), whole: a.whole && b.whole };
}

/** What is infinite minus infinite says nothing. */
const known = (low: number, high: number, whole: boolean): Span =>
  Number.isNaN(low) || Number.isNaN(high) ? ANY_SPAN : { low, high, whole };

export const sumSpan = (a: Span, b: Span): Span => known(a.low + b.low, a.high + b.high, a.whole && b.whole);

export const negativeSpan = ({ low, high, whole }: Span): Span => ({ low: -high, high: -low, whole });

export function productSpan(a: Span, b: Span): Span {
  const ends = [a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high];
  return known(Math.min(...ends), Math.max(...ends), a.whole && b.whole);
}

export const magnitudeSpan = (a: Span): Span => ({ low: 0, high: sizeOf(a), whole: a.whole });

export const floorSpan = ({ low, high }: Span): Span => ({
  low: Math.floor(low),
  high: Math.floor(high),
  whole: true,
});
