/** Statistics of one channel of a window; the formulas stand where they are lowered to a graph. */
export type Statistic =
  | "mean"
  | "log_std"
  | "max"
  | "min"
  | "log_jerk"
  | "mean_absolute_deviation"
  | "std"
  | "rms"
  | "range"
  | "skewness"
  | "kurtosis";

/** A feature of a window of samples, as plain data. Lowered to the model's graph. */
export type SignalFeature =
  | {
      readonly kind: "statistics";
      readonly channels: readonly string[];
      readonly statistics: readonly Statistic[];
    }
  | {
      readonly kind: "spectrum";
      readonly channels: readonly string[];
      /** Edges of the bands in DFT bins: band b sums the bins `edges[b]` to `edges[b + 1] - 1`. */
      readonly edges: readonly number[];
      readonly taper: "hann";
    }
  | { readonly kind: "correlation"; readonly pairs: readonly (readonly [string, string])[] };

/** What a graph computes from a framed window `[size, channels]`. */
export interface Signals {
  /** Channels of the window, in the order of its last axis. */
  readonly channels: readonly string[];
  /** Extra channels: the Euclidean magnitude of others, sample by sample. */
  readonly derived: Readonly<Record<string, readonly string[]>>;
  readonly features: readonly SignalFeature[];
}
