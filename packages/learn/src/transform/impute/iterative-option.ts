/** What `iterativeImputer` takes. */
export interface IterativeImputerOptions {
  /** Rounds over all columns at most. Default 10. */
  readonly maxIter?: number;
  /** Rounds end where no number moves by more than this share of the largest known one. Default 1e-3. */
  readonly tol?: number;
  /** What stands in before the first round. Default "mean". */
  readonly initialStrategy?: "mean" | "median" | "most_frequent";
  /** In which order columns are modelled: by how many are missing, or as they come (roman) or from the last (arabic). Default "ascending". */
  readonly imputationOrder?: "ascending" | "descending" | "roman" | "arabic";
  /** Whether columns without gaps in training are passed over; then later gaps get the initial value. Default false. */
  readonly skipComplete?: boolean;
  /** What is filled in is at least this. */
  readonly minValue?: number;
  /** And at most this. */
  readonly maxValue?: number;
}
