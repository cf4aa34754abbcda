/** Eigenvalues and eigenvectors of a symmetric matrix. */
export interface SymmetricEigen {
  /** [n] */
  readonly values: Float64Array;
  /** [n, n]: vector `k` is column `k`. */
  readonly vectors: Float64Array;
}

/**
 * Eigenvalues by rotations that make one pair of rows after another orthogonal (Jacobi's method; G. H. Golub and C. F. Van
 * Loan, "Matrix Computations", 2013, section 8.5): small ones are as exact as large ones.
 *
 * @param matrix [n, n]; not changed.
 */
export function symmetricEigen(matrix: Float64Array, n: number): SymmetricEigen {
  const a = matrix.slice();
  const v = new Float64Array(n * n);
  for (let i = 0; i < n; i++) v[i * n + i] = 1;
  for (let sweep = 0; sweep < 60; sweep++) {
    let rotated = false;
    for (let p = 0; p < n - 1; p++)
      for (let q = p + 1; q < n; q++) {
        const off = a[p * n + q]!;
        const [x, y] = [a[p * n + p]!, a[q * n + q]!];
        if (off === 0 || Math.abs(off) <= Number.EPSILON * Math.sqrt(Math.abs(x * y))) continue;
        rotated = true;
        const theta = (y - x) / (2 * off);
        const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        rotate(a, v, n, p, q, c, t * c);
      }
    if (!rotated) break;
  }
  return { values: Float64Array.from({ length: n }, (_, i) => a[i * n + i]!), vectors: v };
}

function rotate(
  a: Float64Array,
  v: Float64Array,
  n: number,
  p: number,
  q: number,
  c: number,
  s: number,
): void {
  for (let k = 0; k < n; k++) {
    const [x, y] = [a[k * n + p]!, a[k * n + q]!];
    a[k * n + p] = c * x - s * y;
    a[k * n + q] = s * x + c * y;
  }
  for (let k = 0; k < n; k++) {
    const [x, y] = [a[p * n + k]!, a[q * n + k]!];
    a[p * n + k] = c * x - s * y;
    a[q * n + k] = s * x + c * y;
    const [e, f] = [v[k * n + p]!, v[k * n + q]!];
    v[k * n + p] = c * e - s * f;
    v[k * n + q] = s * e + c * f;
  }
  a[p * n + q] = 0;
  a[q * n + p] = 0;
}
