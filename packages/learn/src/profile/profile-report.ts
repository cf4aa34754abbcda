import type { ColumnKind } from "../frame/column.ts";
import type { Correlations } from "./column-pairs.ts";
import type { TextProfile } from "./text-sums.ts";
import type { ValueBins } from "./value-bins.ts";
import type { Tallied } from "./value-tally.ts";

export type { Correlations, Tallied, TextProfile, ValueBins };

/** Version of a profile's form; it changes with it. */
export const PROFILE_VERSION = 2;

/** Figures of a column of numbers, truths or times (microseconds since 1970); null where there are none. */
export interface NumberProfile {
  /** Exact, of finite numbers; `deviation` is that of a sample (divided by count - 1). */
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  readonly deviation: number | null;
  readonly skewness: number | null;
  readonly infinite: number;
  /** Of the sample: 1, 5, 25, 50, 75, 95 and 99 %. */
  readonly quantiles: readonly number[];
  /** Of the sample. */
  readonly bins: ValueBins;
}

/** What was found of a column. */
export interface ColumnProfile {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly rows: number;
  /** Exact. */
  readonly missing: number;
  /** Counted where there are 1,024 or fewer, or `top` is given; else estimated, see `distinctError`. */
  readonly distinct: number;
  readonly distinctExact: boolean;
  readonly numbers: NumberProfile | null;
  /** Of columns of texts. */
  readonly texts: TextProfile | null;
  /** The ten most frequent values, exact; null where there are more than 10,000, and for floats and times. */
  readonly top: readonly Tallied[] | null;
  /** How much it goes with the label; null without one. */
  readonly label: { readonly measure: "pearson" | "eta" | "cramers-v"; readonly value: number } | null;
}

/** Kinds of suspicious things. */
export type Suspicion =
  | "no-rows"
  | "renamed"
  | "all-missing"
  | "mostly-missing"
  | "constant"
  | "identifier"
  | "leak"
  | "mixed-types"
  | "placeholder"
  | "duplicate-rows"
  | "infinite"
  | "outliers"
  | "skewed"
  | "correlated"
  | "future"
  | "imbalance"
  | "personal";

/** Something to look at. */
export interface ProfileWarning {
  readonly kind: Suspicion;
  /** Null for the table. */
  readonly column: string | null;
  readonly text: string;
}

/** A table at a glance: JSON. */
export interface Profile {
  readonly format: "tideline.profile";
  readonly version: typeof PROFILE_VERSION;
  readonly rows: number;
  /** Different rows, and whether they were counted: estimated beyond 1,048,576, see `distinctError`. */
  readonly distinctRows: number;
  readonly distinctRowsExact: boolean;
  /** Rows that quantiles, bins, correlations and guesses are of: all of them, or a uniform sample. */
  readonly sampleRows: number;
  /** One standard error of a quantile's rank at the median, as a share of the rows; 0 where all were taken. */
  readonly quantileError: number;
  /** One standard error of `distinct`, as a share of it. */
  readonly distinctError: number;
  readonly label: string | null;
  readonly columns: readonly ColumnProfile[];
  /** Of the sample; null with fewer than two columns of numbers or ten rows. */
  readonly correlations: Correlations | null;
  readonly warnings: readonly ProfileWarning[];
}
