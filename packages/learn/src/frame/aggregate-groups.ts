import { tidelineError } from "@tideline/spec/error";
import type { Column, Frame } from "./column.ts";
import { columnNamed, frame, pickColumns } from "./frame.ts";
import { groupCodes, type Groups } from "./group-codes.ts";
import { numbersOf } from "./numbers-of.ts";
import { takePlaces } from "./take-rows.ts";

/** What is computed of a column in each group, over the rows that have a value. */
export type AggregateKind = "count" | "sum" | "mean" | "min" | "max" | "std";

/** A new column: a figure of a column in each group. Without a column `"count"` counts rows. */
export interface Aggregate {
  readonly of: AggregateKind;
  readonly column?: string;
}

/**
 * A row for each group of equal keys, in the order of their first rows: the keys and figures of the groups, float64
 * (`count` is an Int32Array). `sum` of no values is 0, `mean`, `min` and `max` of none are missing, `std` divides by
 * n - 1 and is missing below two values. Sums are compensated (Neumaier, 1974); of times `min` and `max` stay times.
 *
 * @throws ARGUMENT_INVALID as {@link groupCodes}, for a column that is absent or not of numbers, a name that is a key's.
 * @example
 * aggregateGroups(taps, ["user"], { taps: { of: "count" }, speed: { of: "mean", column: "speed" } });
 */
export function aggregateGroups(
  rows: Frame,
  names: readonly string[],
  figures: Readonly<Record<string, Aggregate>>,
): Frame {
  const groups = groupCodes(rows, names, "aggregateGroups");
  const keys = takePlaces(pickColumns(rows, names), groups.first);
  return frame([...keys.columns, ...figuresOf(rows, groups, figures)]);
}

/** Figures of the columns of a frame in groups that are known already. @throws as {@link aggregateGroups}. */
export function figuresOf(
  rows: Frame,
  groups: Groups,
  figures: Readonly<Record<string, Aggregate>>,
): readonly Column[] {
  return Object.entries(figures).map(([name, { of, column }]): Column => {
    if (column === undefined) {
      if (of === "count") return { kind: "integer", name, values: counts(groups, undefined) };
      throw wrong(name, "a column to take it of", "none");
    }
    const source = columnNamed(rows, column, "aggregateGroups");
    if (source.kind === "vector") throw wrong(name, "a column of numbers", "a vector column");
    const values = numbersOf(source, "aggregateGroups");
    if (of === "count") return { kind: "integer", name, values: counts(groups, values) };
    const kind = source.kind === "time" && of !== "std" && of !== "sum" ? "time" : "float";
    const compute = COMPUTE[of];
    if (compute === undefined) throw wrong(name, Object.keys(COMPUTE).join(", "), String(of));
    return { kind, name, values: compute(groups, values) };
  });
}

type Values = Float32Array | Float64Array;

function counts({ codes, count }: Groups, values: Values | undefined): Int32Array {
  const out = new Int32Array(count);
  for (let row = 0; row < codes.length; row++)
    if (values === undefined || values[row] === values[row]) out[codes[row]!]!++;
  return out;
}

/** Sums of `values - shift[group]`, to the power of one or two. */
function sums({ codes, count }: Groups, values: Values, shift?: Float64Array): Float64Array {
  const [out, lost] = [new Float64Array(count), new Float64Array(count)];
  for (let row = 0; row < codes.length; row++) {
    const group = codes[row]!;
    const given = values[row]!;
    if (given !== given) continue;
    const value = shift === undefined ? given : (given - shift[group]!) * (given - shift[group]!);
    const before = out[group]!;
    const sum = before + value;
    // An infinity has lost nothing.
    if (sum - sum === 0)
      lost[group]! += Math.abs(before) >= Math.abs(value) ? before - sum + value : value - sum + before;
    out[group] = sum;
  }
  for (let group = 0; group < count; group++) out[group]! += lost[group]!;
  return out;
}

function means(groups: Groups, values: Values): Float64Array {
  const present = counts(groups, values);
  return sums(groups, values).map((sum, group) => sum / present[group]!);
}

function extremes({ codes, count }: Groups, values: Values, sign: number): Float64Array {
  const out = new Float64Array(count).fill(Number.NaN);
  for (let row = 0; row < codes.length; row++) {
    const [value, best] = [values[row]!, out[codes[row]!]!];
    if (value === value && !(value * sign <= best * sign)) out[codes[row]!] = value;
  }
  return out;
}

const COMPUTE: {
  readonly [K in Exclude<AggregateKind, "count">]: (groups: Groups, values: Values) => Float64Array;
} = {
  sum: (groups, values) => sums(groups, values),
  mean: means,
  min: (groups, values) => extremes(groups, values, -1),
  max: (groups, values) => extremes(groups, values, 1),
  std: (groups, values) => {
    const present = counts(groups, values);
    const squares = sums(groups, values, means(groups, values));
    return squares.map((sum, group) =>
      present[group]! < 2 ? Number.NaN : Math.sqrt(sum / (present[group]! - 1)),
    );
  },
};

function wrong(name: string, expected: string, received: string): Error {
  return tidelineError("ARGUMENT_INVALID", {
    who: "aggregateGroups",
    field: `figure "${name}"`,
    expected,
    received,
  });
}
