import type { Frame } from "../frame/column.ts";
import { streamedCorrelations } from "../select/association.ts";
import { finite, isNumbers } from "./label-association.ts";

/** Columns of numbers whose pairs are looked at: 200 make 19,900. */
const MOST_PAIRED = 200;
/** Pairs times rows that are looked at: two to four seconds. With 200 columns these are 19,900 rows. */
const MOST_WORK = 4e8;
/** Columns that are kept with all their correlations. */
const MOST_KEPT = 40;

/** Pearson's correlations of columns of numbers and times: plain data. */
export interface Correlations {
  /** At most 40: where there are more, those that go most with another one, in the order of the table. */
  readonly columns: readonly string[];
  /** [columns, columns], to four digits behind the point; null where one is constant or too few rows have both. */
  readonly values: readonly (readonly (number | null)[])[];
  /** Columns of numbers that were looked at (the first 200), and that there are. */
  readonly looked: number;
  readonly among: number;
  /** Rows they are of: those of the sample, or with many columns every so many of them. One standard error is 1 / sqrt(rows). */
  readonly rows: number;
}

/** Two columns that say nearly the same. */
export interface Twins {
  readonly column: string;
  /** The first of those before it. */
  readonly with: string;
  readonly correlation: number;
  /** How many others before it are like it, too. */
  readonly others: number;
}

/** The correlations of a sample, and columns that say nearly what one before them says. */
export function columnPairs(sample: Frame): {
  readonly correlations: Correlations | null;
  readonly twins: readonly Twins[];
} {
  const all = sample.columns.filter(isNumbers);
  const own = all.slice(0, MOST_PAIRED);
  if (own.length < 2 || sample.rows < 10) return { correlations: null, twins: [] };
  const sums = streamedCorrelations(own.length);
  const pairs = (own.length * (own.length + 1)) / 2;
  const step = Math.ceil((sample.rows * pairs) / MOST_WORK);
  const taken = own.map((column) => everyOf(finite(column), step));
  sums.add(taken);
  const values = sums.values();
  const size = own.length;
  const twins = own.flatMap(({ name }, i): Twins[] => {
    const like = own.flatMap((_, j) => (j < i && Math.abs(values[i * size + j]!) > 0.95 ? [j] : []));
    if (like.length === 0) return [];
    const [first] = like as [number];
    const correlation = values[i * size + first]!;
    return [{ column: name, with: own[first]!.name, correlation, others: like.length - 1 }];
  });
  const strongest = own.map((_, i) => {
    let most = 0;
    for (let j = 0; j < size; j++) if (j !== i) most = Math.max(most, Math.abs(values[i * size + j]!) || 0);
    return most;
  });
  const kept = own
    .map((_, at) => at)
    .sort((a, b) => strongest[b]! - strongest[a]! || a - b)
    .slice(0, MOST_KEPT)
    .sort((a, b) => a - b);
  const rounded = (value: number) => (Number.isFinite(value) ? Math.round(1e4 * value) / 1e4 : null);
  const correlations = Object.freeze({
    columns: Object.freeze(kept.map((at) => own[at]!.name)),
    values: Object.freeze(kept.map((i) => Object.freeze(kept.map((j) => rounded(values[i * size + j]!))))),
    looked: own.length,
    among: all.length,
    rows: taken[0]!.length,
  });
  return { correlations, twins };
}

/** Every so many values, from the first. */
function everyOf(values: Float64Array, step: number): Float64Array {
  return step === 1 ? values : values.filter((_, at) => at % step === 0);
}
