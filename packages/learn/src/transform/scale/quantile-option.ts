/** What `quantileTransformer` takes. */
export interface QuantileTransformerOptions {
  /** Quantiles that are kept, 2 to 100000; fewer where there are fewer rows. Default 1000. */
  readonly nQuantiles?: number;
  /** How the numbers are distributed afterwards: evenly in 0..1, or normally. Default "uniform". */
  readonly outputDistribution?: "uniform" | "normal";
}

/** Quantiles nearer to the ends than this are those of the ends, so that no normal number is infinite; as scikit-learn. */
export const BOUND = 1e-7;
