import { milliseconds, type Duration } from "@tideline/spec";
import type { Column, ColumnKind } from "../frame/column.ts";
import { parseTimeText } from "../frame/parse-text.ts";
import { psi } from "../drift/psi.ts";
import { tailOfChiSquared } from "../select/distribution/tail.ts";
import type { ColumnCheck, CountCheck } from "./check-def.ts";
import { binTally } from "./reference.ts";

/** A value that was measured, held against a bound. */
export interface Measured {
  /** Null where there is none: no time, no row. */
  readonly value: number | null;
  readonly passed: boolean;
  readonly expected: string;
  /** Of `like`: rows in the bins of the reference. */
  readonly counts?: readonly number[];
  readonly kind?: ColumnKind;
}

/** A check of a column in progress. */
export interface ColumnTest {
  add(column: Column): void;
  finish(): Measured;
}

/** The test of a check of a column; `now` in milliseconds since 1970. */
export function columnTest(check: ColumnCheck, now: number): ColumnTest {
  if (check.check === "fresh") {
    let newest = -Infinity;
    return {
      add(column) {
        if (column.kind === "string") {
          const times = column.dictionary.map((text) => parseTimeText(text) ?? -Infinity);
          for (const code of column.codes) if (code >= 0) newest = Math.max(newest, times[code]!);
          return;
        }
        if (column.kind !== "time") return;
        for (const value of column.values) if (value > newest) newest = value;
      },
      finish() {
        const age = now - newest / 1000;
        const passed = age >= 0 && age <= milliseconds(check.within as Duration);
        const expected = `a newest time at most ${check.within} old, and none to come (milliseconds)`;
        return { value: Number.isFinite(age) ? age : null, passed, expected };
      },
    };
  }
  const tally = binTally(check.reference);
  let kind: ColumnKind | undefined;
  return {
    add(column) {
      kind = column.kind;
      tally.add(column);
    },
    finish: () => ({
      ...compare(check, tally.counts),
      counts: [...tally.counts],
      ...(kind === undefined ? {} : { kind }),
    }),
  };
}

function compare(check: Extract<ColumnCheck, { check: "like" }>, counts: Float64Array): Measured {
  const { test, reference } = check;
  const bound = test === "chi-square" ? check.pAtLeast! : check.atMost!;
  const expected = test === "chi-square" ? `a p-value of at least ${bound}` : `${test} of at most ${bound}`;
  if (counts.every((one) => one === 0)) return { value: null, passed: false, expected };
  const before = reference.counts;
  if (test === "psi") {
    const value = psi(before, counts);
    return { value, passed: value <= bound, expected };
  }
  const value = test === "ks" ? kolmogorovSmirnov(before, counts) : homogeneity(before, counts);
  const passed = value !== null && (test === "ks" ? value <= bound : value >= bound);
  return { value, passed, expected };
}

/** The largest distance of two distribution functions at the edges of the bins; missing values (the last bin) are left out. */
function kolmogorovSmirnov(one: ArrayLike<number>, other: ArrayLike<number>): number | null {
  const bins = one.length - 1;
  let [a, b] = [0, 0];
  for (let bin = 0; bin < bins; bin++) [a, b] = [a + one[bin]!, b + other[bin]!];
  if (a === 0 || b === 0) return null;
  let [below, under, most] = [0, 0, 0];
  for (let bin = 0; bin < bins; bin++) {
    below += one[bin]! / a;
    under += other[bin]! / b;
    most = Math.max(most, Math.abs(below - under));
  }
  return most;
}

/** The p-value of K. Pearson's chi-squared test that two rows of counts are of one distribution. */
function homogeneity(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let [a, b] = [0, 0];
  for (let bin = 0; bin < one.length; bin++) [a, b] = [a + one[bin]!, b + other[bin]!];
  let [statistic, bins] = [0, 0];
  for (let bin = 0; bin < one.length; bin++) {
    const both = one[bin]! + other[bin]!;
    if (both === 0) continue;
    bins++;
    const [x, y] = [(both * a) / (a + b), (both * b) / (a + b)];
    statistic += (one[bin]! - x) ** 2 / x + (other[bin]! - y) ** 2 / y;
  }
  return bins < 2 ? 1 : tailOfChiSquared(statistic, bins - 1);
}

/** The verdict on a number of rows. */
export function countTest({ atLeast = 0, atMost = Infinity }: CountCheck, rows: number): Measured {
  const expected = `${atMost === Infinity ? `at least ${atLeast}` : `${atLeast} to ${atMost}`} rows`;
  return { value: rows, passed: rows >= atLeast && rows <= atMost, expected };
}
