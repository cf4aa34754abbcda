import { tidelineError } from "@tideline/spec";
import { notNegative } from "../net/check-option.ts";
import { notFinite, selectTable, type SelectColumn, type SelectRows } from "./select-table.ts";
import { selectedOf, type Selected, type Selector } from "./selected.ts";

/** What `selectVariance` takes. */
export interface VarianceOptions {
  /** Columns of at most this variance are dropped. Default 0: constant ones. */
  readonly threshold?: number;
}

/**
 * Drops columns that hardly vary: scikit-learn's `VarianceThreshold`, with the population's variance, missing numbers left
 * out; at threshold 0 a column is constant when all its numbers are one, whatever rounding makes of the variance. Of texts the
 * variance is half the probability that two rows differ, which for two texts is that of 0 and 1; a missing text is a value.
 *
 * Needs no labels. Columns on different scales have different variances: scale them first, or keep to threshold 0.
 *
 * @throws DEFINITION_ILLEGAL for a threshold below 0; from `fit` NOT_ENOUGH_DATA without rows, DATA_MALFORMED for an infinity.
 * @example
 * selectVariance().fit(rows).dropped; // [{ name: "version", reason: "constant", score: 0 }]
 */
export function selectVariance(options: VarianceOptions = {}): Selector<Selected> {
  const who = "selectVariance";
  const threshold = notNegative(who, "threshold", options.threshold ?? 0);
  const all = Object.freeze({ threshold });
  return Object.freeze({
    kind: who,
    options: all,
    fit(rows: SelectRows): Selected {
      const table = selectTable(who, rows);
      if (table.rows === 0)
        throw tidelineError("NOT_ENOUGH_DATA", { who, expected: "at least one row", received: "none" });
      const verdicts = table.columns.map((column) => {
        const { variance, constant } = varianceOf(column, table.rows);
        const score = constant ? 0 : variance;
        const reason = constant
          ? "constant"
          : Number.isNaN(score)
            ? "no number in any row"
            : `variance ${score.toPrecision(3)}, not above ${threshold}`;
        return { keep: score > threshold, score, reason };
      });
      return selectedOf(who, "variance", all, table, verdicts);
    },
  });
}

function varianceOf(
  column: SelectColumn,
  rows: number,
): { readonly variance: number; readonly constant: boolean } {
  if (column.kind === "numbers") return varianceOfNumbers(column.name, column.read());
  const counts = new Float64Array(column.dictionary.length + 1);
  for (const code of column.codes) counts[code + 1]!++;
  let same = 0;
  for (const count of counts) same += (count / rows) ** 2;
  return { variance: (1 - same) / 2, constant: counts.some((count) => count === rows) };
}

/** Two passes, NaN left out. */
function varianceOfNumbers(
  name: string,
  x: Float64Array,
): { readonly variance: number; readonly constant: boolean } {
  let [count, mean, low, high] = [0, 0, Infinity, -Infinity];
  for (let row = 0; row < x.length; row++) {
    const value = x[row]!;
    if (value !== value) continue;
    if (value === Infinity || value === -Infinity) throw notFinite("selectVariance", name, row, value);
    count += 1;
    mean += value;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (count === 0) return { variance: NaN, constant: false };
  mean /= count;
  let [squares, rest] = [0, 0];
  for (let row = 0; row < x.length; row++) {
    const off = x[row]! - mean;
    if (off !== off) continue;
    squares += off * off;
    rest += off;
  }
  return { variance: (squares - (rest * rest) / count) / count, constant: low === high };
}
