/** A matrix [rows, columns] as a sum of products, largest first: `sum_r values[r] left[r] right[r]'`. */
export interface SingularValues {
  /** Descending, at least 0; as many as the shorter side has places. */
  readonly values: Float64Array;
  /** Vectors of `rows` numbers, one behind another. */
  readonly left: Float64Array;
  /** Vectors of `columns` numbers, one behind another. */
  readonly right: Float64Array;
}

/** Sweeps over all pairs; a handful is usual, and the angles shrink quadratically in the end. */
const MOST_SWEEPS = 60;
/** Two vectors whose cosine is below this are orthogonal, in double precision. */
const ORTHOGONAL = 1e-14;

/** Turns two vectors of a list, and those that follow them, by an angle. */
function turn(list: Float64Array, length: number, p: number, q: number, cos: number, sin: number): void {
  // Without lists of two: this loop and that of the products are where all of the time goes.
  for (let at = p * length, other = q * length; at < (p + 1) * length; at++, other++) {
    const a = list[at]!;
    const b = list[other]!;
    list[at] = cos * a - sin * b;
    list[other] = sin * a + cos * b;
  }
}

/** Makes `count` vectors of `length` numbers orthogonal by turning pairs; returns the turns as vectors of `count`. */
function orthogonalised(vectors: Float64Array, count: number, length: number): Float64Array {
  const turns = new Float64Array(count * count);
  for (let at = 0; at < count; at++) turns[at * count + at] = 1;
  for (let sweep = 0, turned = true; turned && sweep < MOST_SWEEPS; sweep++) {
    turned = false;
    for (let p = 0; p < count - 1; p++)
      for (let q = p + 1; q < count; q++) {
        let [alpha, beta, gamma] = [0, 0, 0];
        for (let at = p * length, other = q * length; at < (p + 1) * length; at++, other++) {
          const a = vectors[at]!;
          const b = vectors[other]!;
          alpha += a * a;
          beta += b * b;
          gamma += a * b;
        }
        if (Math.abs(gamma) <= ORTHOGONAL * Math.sqrt(alpha * beta)) continue;
        turned = true;
        const zeta = (beta - alpha) / (2 * gamma);
        const tan = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.hypot(1, zeta));
        const cos = 1 / Math.hypot(1, tan);
        turn(vectors, length, p, q, cos, cos * tan);
        turn(turns, count, p, q, cos, cos * tan);
      }
  }
  return turns;
}

/**
 * The singular value decomposition of a matrix, row-major, by one-sided Jacobi turns: slower than the best for large
 * matrices, and accurate to the last bits for small values too.
 *
 * Source: J. Demmel and K. Veselic, "Jacobi's method is more accurate than QR", SIAM J. Matrix Anal. 13(4), 1992.
 *
 * @param matrix finite numbers, `rows * columns` of them.
 */
export function singularValues(matrix: ArrayLike<number>, rows: number, columns: number): SingularValues {
  const wide = rows < columns;
  const [count, length] = wide ? [rows, columns] : [columns, rows];
  // The vectors of the shorter side, scaled so that squares neither vanish nor overflow.
  let largest = 0;
  for (let at = 0; at < matrix.length; at++) largest = Math.max(largest, Math.abs(matrix[at]!));
  const unit = largest === 0 ? 1 : largest;
  const vectors = new Float64Array(count * length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      vectors[wide ? row * length + column : column * length + row] = matrix[row * columns + column]! / unit;
  const turns = orthogonalised(vectors, count, length);
  const sizes = Float64Array.from({ length: count }, (_, at) =>
    Math.sqrt(vectors.subarray(at * length, (at + 1) * length).reduce((sum, x) => sum + x * x, 0)),
  );
  const order = [...sizes.keys()].sort((a, b) => sizes[b]! - sizes[a]! || a - b);
  const long = new Float64Array(count * length);
  const short = new Float64Array(count * count);
  for (const [to, from] of order.entries()) {
    const size = sizes[from]!;
    if (size > 0)
      for (let at = 0; at < length; at++) long[to * length + at] = vectors[from * length + at]! / size;
    short.set(turns.subarray(from * count, (from + 1) * count), to * count);
  }
  const values = Float64Array.from(order, (from) => sizes[from]! * unit);
  return wide ? { values, left: short, right: long } : { values, left: long, right: short };
}
