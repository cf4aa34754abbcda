import type { Random } from "../random.ts";

/** Below this length a row is too close to those before it and is drawn again. */
const SHORTEST = 1e-3;

/**
 * A random orthogonal matrix [n, n], row-major, in double precision: rows of normal numbers, each made orthogonal to
 * those before it (modified Gram-Schmidt, done twice for accuracy; L. Giraud et al., Comput. Math. Appl. 50, 2005).
 */
export function orthonormalRows(random: Random, n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let row = 0; row < n; row++) {
    const own = out.subarray(row * n, (row + 1) * n);
    let length = 0;
    while (length < SHORTEST) {
      for (let i = 0; i < n; i++) own[i] = random.normal();
      for (let pass = 0; pass < 2; pass++)
        for (let other = 0; other < row; other++)
          removeComponent(own, out.subarray(other * n, other * n + n));
      length = Math.sqrt(dot(own, own));
    }
    for (let i = 0; i < n; i++) own[i]! /= length;
  }
  return out;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function removeComponent(from: Float64Array, unit: Float64Array): void {
  const along = dot(from, unit);
  for (let i = 0; i < from.length; i++) from[i]! -= along * unit[i]!;
}
