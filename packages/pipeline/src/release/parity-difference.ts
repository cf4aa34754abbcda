/** What one runtime made of some rows. */
export interface GraphOutputs {
  /** `[rows, labels]`, row-major. */
  readonly probabilities: Float32Array;
  /** `[rows, features]`, row-major. */
  readonly features: Float32Array;
}

/** How far two runtimes are apart. A value that is not finite in either makes it infinite. */
export interface Difference {
  readonly probability: number;
  /** Relative to the feature's scale. */
  readonly feature: number;
  /** Share of rows on which the most probable label is the same. */
  readonly agreement: number;
}

function distance(left: number, right: number): number {
  const apart = Math.abs(left - right);
  return Number.isFinite(apart) ? apart : Infinity;
}

/** Standard deviation of each column of `[rows, columns]`, in float64. */
export function columnScale(values: Float32Array, rows: number): Float64Array {
  const columns = values.length / rows;
  return Float64Array.from({ length: columns }, (_, column) => {
    let [mean, squares] = [0, 0];
    for (let row = 0; row < rows; row += 1) {
      // Welford's update (Technometrics 4:3, 1962).
      const value = values[row * columns + column]!;
      const before = value - mean;
      mean += before / (row + 1);
      squares += before * (value - mean);
    }
    return Math.sqrt(squares / rows);
  });
}

function largest(values: Float32Array, row: number, width: number): number {
  let best = 0;
  for (let column = 1; column < width; column += 1) {
    if (values[row * width + column]! > values[row * width + best]!) best = column;
  }
  return best;
}

/**
 * Compares outputs over the same rows. A feature's difference is divided by the feature's spread or by the value's
 * own size, whichever is larger: float32 promises no more than its 24 bits of either.
 */
export function compareOutputs(
  left: GraphOutputs,
  right: GraphOutputs,
  rows: number,
  scale: Float64Array,
): Difference {
  let [probability, feature, agreed] = [0, 0, 0];
  for (let index = 0; index < left.probabilities.length; index += 1) {
    probability = Math.max(probability, distance(left.probabilities[index]!, right.probabilities[index]!));
  }
  for (let index = 0; index < left.features.length; index += 1) {
    const [value, other] = [left.features[index]!, right.features[index]!];
    const apart = distance(value, other);
    if (apart === 0) continue;
    feature = Math.max(feature, apart / Math.max(scale[index % scale.length]!, Math.abs(value)));
  }
  const width = left.probabilities.length / rows;
  for (let row = 0; row < rows; row += 1) {
    if (largest(left.probabilities, row, width) === largest(right.probabilities, row, width)) agreed += 1;
  }
  return { probability, feature, agreement: agreed / rows };
}
