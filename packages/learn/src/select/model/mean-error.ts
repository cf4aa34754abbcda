/** A mean with its standard error, which is 0 for one value. */
export interface MeanError {
  readonly mean: number;
  readonly error: number;
}

/** The mean of a score over folds, and how far it may be off by chance. */
export function meanError(values: readonly number[]): MeanError {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const error = values.length > 1 ? Math.sqrt(squares / (values.length - 1) / values.length) : 0;
  return { mean, error };
}
