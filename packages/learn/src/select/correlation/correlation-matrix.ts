import { tidelineError } from "@tideline/spec";
import { oneOf } from "../../net/check-option.ts";
import { pearson } from "../score/f-regression.ts";
import { isConstant } from "../score/f-classification.ts";
import { numbersOnly, notFinite, selectTable, type SelectRows, type SelectTable } from "../select-table.ts";
import { kendall } from "./kendall.ts";
import { averageRanks, denseRanks } from "./rank.ts";

/** Kinds of correlation: of the numbers, of their ranks, of the order of pairs (tau-b). */
export type CorrelationKind = "pearson" | "spearman" | "kendall";

/** The kinds by name. */
export const CORRELATIONS = { pearson: true, spearman: true, kendall: true } satisfies Record<
  CorrelationKind,
  true
>;

/** Correlations of columns with each other. */
export interface CorrelationMatrix {
  readonly kind: CorrelationKind;
  readonly names: readonly string[];
  /** [F, F], symmetric; 1 on the diagonal, NaN where a column is constant or fewer than two rows have both numbers. */
  readonly values: Float64Array;
}

/**
 * The correlation of each pair of columns of numbers; texts are left out. Rows where either is missing do not count for a
 * pair, as in pandas' `corr`. Time grows with the square of the columns; kendall's with N log N for each pair.
 *
 * @throws DEFINITION_ILLEGAL for an unknown kind; NOT_ENOUGH_DATA with fewer than two rows; DATA_MALFORMED for an infinity.
 * @example
 * correlationMatrix(rows, "spearman").values;
 */
export function correlationMatrix(rows: SelectRows, kind: CorrelationKind = "pearson"): CorrelationMatrix {
  const who = "correlationMatrix";
  return correlationsOf(who, numbersOnly(selectTable(who, rows)), kind);
}

/** The correlations of a table's columns, all of numbers. */
export function correlationsOf(who: string, table: SelectTable, kind: CorrelationKind): CorrelationMatrix {
  oneOf(who, "method", CORRELATIONS, kind);
  if (table.rows < 2)
    throw tidelineError("NOT_ENOUGH_DATA", {
      who,
      expected: "at least two rows",
      received: String(table.rows),
    });
  const columns = table.columns.map((column) => {
    if (column.kind !== "numbers") throw new Error("a column of numbers is meant");
    const values = column.read();
    const infinite = values.findIndex((value) => value === Infinity || value === -Infinity);
    if (infinite >= 0) throw notFinite(who, column.name, infinite, values[infinite]!);
    return values;
  });
  const gaps = columns.map((values) => values.some((value) => Number.isNaN(value)));
  const width = columns.length;
  const values = new Float64Array(width * width).fill(NaN);
  const put = (i: number, j: number, value: number) => {
    values[i * width + j] = value;
    values[j * width + i] = value;
  };
  fullPairs(columns, gaps, kind, put);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++)
      if (gaps[i]! || gaps[j]!) put(i, j, correlationOf(...complete(columns[i]!, columns[j]!), kind));
    // A column is itself, as far as it varies.
    if (!Number.isNaN(values[i * width + i]!)) put(i, i, 1);
  }
  return Object.freeze({ kind, names: Object.freeze(table.columns.map(({ name }) => name)), values });
}

/** The correlation of two columns without gaps; NaN where one is constant. */
export function correlationOf(x: Float64Array, y: Float64Array, kind: CorrelationKind): number {
  if (x.length < 2) return NaN;
  if (kind === "kendall") return kendall(denseRanks(x), denseRanks(y));
  return kind === "pearson" ? pearson(x, y) : pearson(averageRanks(x), averageRanks(y));
}

/** The rows that have both numbers. */
export function complete(x: Float64Array, y: Float64Array): readonly [Float64Array, Float64Array] {
  let count = 0;
  for (let row = 0; row < x.length; row++) count += +(x[row] === x[row] && y[row] === y[row]);
  const [a, b] = [new Float64Array(count), new Float64Array(count)];
  for (let row = 0, at = 0; row < x.length; row++) {
    if (Number.isNaN(x[row]!) || Number.isNaN(y[row]!)) continue;
    a[at] = x[row]!;
    b[at++] = y[row]!;
  }
  return [a, b];
}

/** All pairs of columns without gaps, each column prepared once. */
function fullPairs(
  columns: readonly Float64Array[],
  gaps: readonly boolean[],
  kind: CorrelationKind,
  put: (i: number, j: number, value: number) => void,
): void {
  const full = [...columns.keys()].filter((at) => !gaps[at]!);
  if (kind === "kendall") {
    const ranks = full.map((at) => denseRanks(columns[at]!));
    for (let i = 0; i < full.length; i++)
      for (let j = 0; j <= i; j++) put(full[i]!, full[j]!, kendall(ranks[i]!, ranks[j]!));
    return;
  }
  const units = full.map((at) => unitOf(kind === "pearson" ? columns[at]! : averageRanks(columns[at]!)));
  const sums = new Float64Array(4);
  for (let i = 0; i < full.length; i++) {
    for (let j = 0; j <= i; j += 4) {
      // Beyond the last one the fourth of a group is a column that was there already.
      const at = (next: number) => units[Math.min(i, j + next)]!;
      products(units[i]!, at(0), at(1), at(2), at(3), sums);
      for (let next = 0; next < 4 && j + next <= i; next++)
        put(full[i]!, full[j + next]!, Math.max(-1, Math.min(1, sums[next]!)));
    }
  }
}

/** A column without its mean, of length 1; NaN where it is constant. */
function unitOf(values: Float64Array): Float64Array {
  const out = new Float64Array(values.length);
  if (isConstant(values)) return out.fill(NaN);
  let mean = 0;
  for (let row = 0; row < values.length; row++) mean += values[row]!;
  mean /= values.length;
  let squares = 0;
  for (let row = 0; row < values.length; row++) squares += (values[row]! - mean) ** 2;
  const factor = 1 / Math.sqrt(squares);
  for (let row = 0; row < values.length; row++) out[row] = (values[row]! - mean) * factor;
  return out;
}

/** Four products of sums at once: each value of `x` is read once for them. */
function products(
  x: Float64Array,
  a: Float64Array,
  b: Float64Array,
  c: Float64Array,
  d: Float64Array,
  sums: Float64Array,
): void {
  let [p, q, r, s] = [0, 0, 0, 0];
  for (let row = 0; row < x.length; row++) {
    const value = x[row]!;
    p += value * a[row]!;
    q += value * b[row]!;
    r += value * c[row]!;
    s += value * d[row]!;
  }
  sums[0] = p;
  sums[1] = q;
  sums[2] = r;
  sums[3] = s;
}
