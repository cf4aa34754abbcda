import { addExact, exactSum, type ExactSum, roundExact } from "@tideline/spec";

/**
 * An exact sum that is mostly two floats: only where its bits do not fit 106 it becomes an {@link ExactSum}, until it is
 * cleared or nothing is left of it. Same results, without a list to walk.
 *
 * Source: T. J. Dekker, "A floating-point technique for extending the available precision", Numerische Mathematik 18 (1971);
 * D. E. Knuth's sum of two floats and its error.
 */
export function pairSum() {
  // High and low, in an array, so that they are no objects.
  const pair = new Float64Array(2);
  let long: ExactSum | undefined;
  return {
    clear(): void {
      pair[0] = pair[1] = 0;
      long = undefined;
    },
    /** Adds a finite value. */
    add(value: number): void {
      if (long !== undefined) {
        addExact(long, value);
        return;
      }
      const [high, low] = [pair[0]!, pair[1]!];
      const small = low + value;
      const turned = small - low;
      const rest = low - (small - turned) + (value - turned);
      const sum = high + small;
      const moved = sum - high;
      const next = high - (sum - moved) + (small - moved);
      const tail = next + rest;
      const shifted = tail - next;
      const lost = next - (tail - shifted) + (rest - shifted);
      // What overflowed is NaN here.
      if (lost === 0) {
        pair[0] = sum;
        pair[1] = tail;
        return;
      }
      long = exactSum();
      for (const part of [low, high, value]) addExact(long, part);
    },
    /** The sum, rounded once; NaN where it overflowed. */
    rounded(): number {
      if (long !== undefined) return roundExact(long);
      const sum = pair[0]! + pair[1]!;
      return Number.isFinite(sum) ? sum + 0 : Number.NaN;
    },
  };
}
