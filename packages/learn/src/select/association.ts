import { contingency, type Contingency } from "./score/contingency.ts";
import { chiSquareOfTable, occurring } from "./score/chi-square.ts";

/**
 * The correlation ratio (eta) of numbers over classes: the root of the share of their variance that lies between the means of
 * classes (K. Pearson, 1905); 0 to 1, NaN where the numbers are constant.
 *
 * @param x [N], finite. @param y [N], places of classes; a negative one is left out. @param classes how many there are.
 * @example
 * correlationRatio(Float64Array.of(1, 1, 5, 5), [0, 0, 1, 1], 2); // 1
 */
export function correlationRatio(x: Float64Array, y: ArrayLike<number>, classes: number): number {
  const moments = classMoments(classes);
  moments.add(x, y);
  return moments.ratio();
}

/** A sum over pieces for {@link correlationRatio}. */
export interface ClassMoments {
  /** Takes rows; a number that is NaN and a negative class are left out. */
  add(x: Float64Array | Float32Array, y: ArrayLike<number>): void;
  /** The correlation ratio of all that was added. */
  ratio(): number;
}

/**
 * The correlation ratio of rows that come in pieces: counts, means and squares around the mean of each class, which are
 * merged as B. Welford's method does (Technometrics 4, 1962).
 */
export function classMoments(classes: number): ClassMoments {
  const counts = new Float64Array(classes);
  const means = new Float64Array(classes);
  const squares = new Float64Array(classes);
  return {
    add(x, y) {
      for (let row = 0; row < x.length; row++) {
        const value = x[row]!;
        const label = y[row]!;
        if (value !== value || label < 0) continue;
        const off = value - means[label]!;
        counts[label]!++;
        means[label]! += off / counts[label]!;
        squares[label]! += off * (value - means[label]!);
      }
    },
    ratio() {
      let [count, mean, within] = [0, 0, 0];
      for (let k = 0; k < classes; k++) {
        if (counts[k] === 0) continue;
        count += counts[k]!;
        mean += (means[k]! - mean) * (counts[k]! / count);
        within += squares[k]!;
      }
      let between = 0;
      for (let k = 0; k < classes; k++) between += counts[k]! * (means[k]! - mean) ** 2;
      const total = between + within;
      // A constant column's means differ by rounding alone.
      if (!(total > count * (Number.EPSILON * mean) ** 2)) return NaN;
      return Math.sqrt(Math.max(0, Math.min(1, between / total)));
    },
  };
}

/** Cramér's V of two columns of codes. */
export interface CramersV {
  /** 0 to 1; NaN where a column has one value only. */
  readonly v: number;
  /** Without the bias that few rows for many values bring (W. Bergsma, 2013). */
  readonly corrected: number;
  readonly chiSquared: number;
  readonly pValue: number;
}

/**
 * How much two columns of codes go together: the chi-squared statistic of their table by its largest possible value (H. Cramér,
 * "Mathematical Methods of Statistics", 1946), and W. Bergsma's correction ("A bias-correction for Cramér's V and
 * Tschuprow's T", Journal of the Korean Statistical Society 42, 2013).
 *
 * @param x, y [N], places of values; pairs with a negative one are left out.
 * @example
 * cramersV([0, 0, 1, 1], 2, [0, 0, 1, 1], 2).v; // 1
 */
export function cramersV(
  x: ArrayLike<number>,
  valuesX: number,
  y: ArrayLike<number>,
  valuesY: number,
): CramersV {
  return cramersVOfTable(contingency(x, valuesX, y, valuesY));
}

/** {@link cramersV} of a table of counts, which pieces can be added up to. */
export function cramersVOfTable(table: Contingency): CramersV {
  const { score, pValue } = chiSquareOfTable(table);
  const [rows, columns] = [occurring(table.rowSums), occurring(table.columnSums)];
  const phi = score / table.total;
  const v = Math.sqrt(phi / (Math.min(rows, columns) - 1));
  const n = table.total - 1;
  const excess = Math.max(0, phi - ((rows - 1) * (columns - 1)) / n);
  const fewer = Math.min(rows - (rows - 1) ** 2 / n, columns - (columns - 1) ** 2 / n) - 1;
  return Object.freeze({
    v: Math.min(1, v),
    corrected: fewer > 0 ? Math.min(1, Math.sqrt(excess / fewer)) : Number.isNaN(v) ? NaN : 0,
    chiSquared: score,
    pValue,
  });
}

/** Sums for Pearson's correlations of columns that come in pieces. */
export interface StreamedCorrelations {
  /** Takes rows of all columns, in order; NaN is missing. */
  add(columns: readonly (Float64Array | Float32Array)[]): void;
  /** [F, F], over the rows that have both numbers; NaN where one of them is constant there. */
  values(): Float64Array;
}

/**
 * Pearson's correlations of rows that come in pieces, in memory for the pairs of columns alone: for each pair count, means and
 * products around them, merged piece by piece (T. Chan, G. Golub and R. LeVeque, "Updating Formulae and a Pairwise Algorithm
 * for Computing Sample Variances", 1979). For Spearman's give ranks.
 *
 * @example
 * const sums = streamedCorrelations(2);
 * for (const piece of pieces) sums.add([piece.height, piece.weight]);
 * sums.values()[1];
 */
export function streamedCorrelations(columns: number): StreamedCorrelations {
  const cells = columns * columns;
  const [count, meanX, meanY] = [new Float64Array(cells), new Float64Array(cells), new Float64Array(cells)];
  const [xx, xy, yy] = [new Float64Array(cells), new Float64Array(cells), new Float64Array(cells)];
  const addPair = (at: number, x: ArrayLike<number>, y: ArrayLike<number>) => {
    // Plain variables: in this loop, which is the time of a profile of many columns, tuples cost ten times as much.
    let n = 0;
    let mx = 0;
    let my = 0;
    for (let row = 0; row < x.length; row++) {
      const a = x[row]!;
      const b = y[row]!;
      if (a !== a || b !== b) continue;
      n += 1;
      mx += a;
      my += b;
    }
    if (n === 0) return;
    mx /= n;
    my /= n;
    let sxx = 0;
    let sxy = 0;
    let syy = 0;
    for (let row = 0; row < x.length; row++) {
      const a = x[row]! - mx;
      const b = y[row]! - my;
      if (a !== a || b !== b) continue;
      sxx += a * a;
      sxy += a * b;
      syy += b * b;
    }
    const all = count[at]! + n;
    const [offX, offY, share] = [mx - meanX[at]!, my - meanY[at]!, (count[at]! * n) / all];
    xx[at]! += sxx + offX * offX * share;
    xy[at]! += sxy + offX * offY * share;
    yy[at]! += syy + offY * offY * share;
    meanX[at]! += (offX * n) / all;
    meanY[at]! += (offY * n) / all;
    count[at] = all;
  };
  return {
    add(given) {
      for (let i = 0; i < columns; i++)
        for (let j = 0; j <= i; j++) addPair(i * columns + j, given[i]!, given[j]!);
    },
    values() {
      const out = new Float64Array(cells).fill(NaN);
      for (let i = 0; i < columns; i++) {
        for (let j = 0; j <= i; j++) {
          const at = i * columns + j;
          const flat =
            xx[at]! <= count[at]! * (Number.EPSILON * meanX[at]!) ** 2 ||
            yy[at]! <= count[at]! * (Number.EPSILON * meanY[at]!) ** 2;
          const r = flat ? NaN : xy[at]! / (Math.sqrt(xx[at]!) * Math.sqrt(yy[at]!));
          out[at] = i === j && !flat ? 1 : Math.max(-1, Math.min(1, r));
          out[j * columns + i] = out[at]!;
        }
      }
      return out;
    },
  };
}
