import type { Column } from "../frame/column.ts";
import { numbersOf } from "../frame/numbers-of.ts";

/** Exact figures of the finite numbers of a stream. */
export interface NumberSums {
  add(column: Column): void;
  /** Finite ones. */
  readonly count: number;
  readonly infinite: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Of a sample, divided by count - 1, as pandas has it; NaN below two. */
  readonly deviation: number;
  /** The third moment by the deviation's cube, of the population; NaN where all are equal. */
  readonly skewness: number;
}

/** Figures in one pass, pieces joined as by P. Pébay, "Formulas for robust, one-pass parallel computation of covariances and arbitrary-order statistical moments", 2008. */
export function numberSums(): NumberSums {
  let [count, infinite, min, max, mean, second, third] = [0, 0, Infinity, -Infinity, 0, 0, 0];
  return {
    add(column) {
      const values = numbersOf(column);
      let [n, sum] = [0, 0];
      for (let row = 0; row < values.length; row++) {
        const value = values[row]!;
        if (value - value !== 0) {
          if (value === value) infinite++;
          continue;
        }
        n++;
        sum += value;
        if (value < min) min = value;
        if (value > max) max = value;
      }
      if (n === 0) return;
      const centre = sum / n;
      let [m1, m2, m3] = [0, 0, 0];
      for (let row = 0; row < values.length; row++) {
        const off = values[row]! - centre;
        if (off - off !== 0) continue;
        m1 += off;
        m2 += off * off;
        m3 += off * off * off;
      }
      m2 -= (m1 * m1) / n;
      const total = count + n;
      const delta = centre - mean;
      third +=
        m3 +
        (delta ** 3 * count * n * (count - n)) / total ** 2 +
        (3 * delta * (count * m2 - n * second)) / total;
      second += m2 + (delta * delta * count * n) / total;
      mean += (delta * n) / total;
      count = total;
    },
    get count() {
      return count;
    },
    get infinite() {
      return infinite;
    },
    get min() {
      return min;
    },
    get max() {
      return max;
    },
    get mean() {
      return count === 0 ? Number.NaN : mean;
    },
    get deviation() {
      return count < 2 ? Number.NaN : Math.sqrt(second / (count - 1));
    },
    get skewness() {
      // A constant's squares are rounding alone.
      return second > count * (Number.EPSILON * mean) ** 2
        ? third / count / (second / count) ** 1.5
        : Number.NaN;
    },
  };
}
