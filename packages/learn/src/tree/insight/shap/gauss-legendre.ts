/** Points in (0, 1), ascending, with their weights, which sum to 1. */
export interface Quadrature {
  readonly points: Float64Array;
  readonly weights: Float64Array;
}

/**
 * Gauss and Legendre's rule on [0, 1]: exact for polynomials up to degree `2 size - 1`. Roots of the Legendre polynomial by
 * Newton's method from Chebyshev's approximation of them (W. Press et al., "Numerical Recipes", 3rd edition, 4.6).
 */
export function gaussLegendre(size: number): Quadrature {
  const points = new Float64Array(size);
  const weights = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    let x = -Math.cos((Math.PI * (i + 0.75)) / (size + 0.5));
    let slope = 1;
    // Newton's step squares the error: from 1e-3 five steps are more than enough.
    for (let step = 0; step < 8; step++) {
      let [value, before] = [1, 0];
      for (let n = 1; n <= size; n++)
        [value, before] = [((2 * n - 1) * x * value - (n - 1) * before) / n, value];
      slope = (size * (x * value - before)) / (x * x - 1);
      x -= value / slope;
    }
    points[i] = (1 + x) / 2;
    weights[i] = 1 / ((1 - x * x) * slope * slope);
  }
  return { points, weights };
}
