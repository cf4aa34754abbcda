/** The least and the largest number that a value is to hold; zero is one of them or between. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** The range from one number to another, widened to hold zero, which whole numbers then say exactly. */
export const withZero = (low: number, high: number): Range => ({
  low: Math.min(0, low),
  high: Math.max(0, high),
});
