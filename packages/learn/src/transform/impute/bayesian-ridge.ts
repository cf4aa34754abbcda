import { symmetricEigen } from "../statistics/symmetric-eigen.ts";

/** A line through rows: `intercept + sum of coefficients[j] * x[j]`. */
export interface RidgeLine {
  readonly coefficients: Float64Array;
  readonly intercept: number;
}

/** The priors and the tolerance of scikit-learn's BayesianRidge. */
const [PRIOR, TOLERANCE, MOST_STEPS] = [1e-6, 1e-3, 300];

/**
 * Linear regression whose noise and weight precisions are found by evidence (D. J. C. MacKay, "Bayesian Interpolation", 1992; M. E.
 * Tipping, 2001), as scikit-learn's BayesianRidge with its defaults.
 *
 * @param X [rows, features], row-major.
 * @param y [rows], at least one.
 */
export function bayesianRidge(X: Float64Array, y: Float64Array, features: number): RidgeLine {
  const rows = y.length;
  const means = new Float64Array(features);
  for (let row = 0; row < rows; row++) for (let j = 0; j < features; j++) means[j]! += X[row * features + j]!;
  for (let j = 0; j < features; j++) means[j]! /= rows;
  let centre = 0;
  for (const value of y) centre += value;
  centre /= rows;
  const [Xc, yc] = [new Float64Array(X.length), new Float64Array(rows)];
  let variance = 0;
  for (let row = 0; row < rows; row++) {
    yc[row] = y[row]! - centre;
    variance += yc[row]! * yc[row]!;
    for (let j = 0; j < features; j++) Xc[row * features + j] = X[row * features + j]! - means[j]!;
  }
  const { values, vectors } = symmetricEigen(gram(Xc, rows, features), features);
  // X'y in the directions of the eigenvectors.
  const turned = new Float64Array(features);
  const cross = new Float64Array(features);
  for (let row = 0; row < rows; row++)
    for (let j = 0; j < features; j++) cross[j]! += Xc[row * features + j]! * yc[row]!;
  for (let k = 0; k < features; k++)
    for (let j = 0; j < features; j++) turned[k]! += vectors[j * features + k]! * cross[j]!;
  let [alpha, lambda] = [1 / (variance / rows + Number.EPSILON), 1];
  let coefficients = new Float64Array(features);
  const solve = (): Float64Array => {
    const out = new Float64Array(features);
    for (let k = 0; k < features; k++) {
      const part = turned[k]! / (Math.max(0, values[k]!) + lambda / alpha);
      for (let j = 0; j < features; j++) out[j]! += vectors[j * features + k]! * part;
    }
    return out;
  };
  for (let step = 0; step < MOST_STEPS; step++) {
    const next = solve();
    const residue = squaredResidue(Xc, yc, next);
    let [gamma, size, moved] = [0, 0, 0];
    for (let k = 0; k < features; k++) {
      const own = alpha * Math.max(0, values[k]!);
      gamma += own / (lambda + own);
      size += next[k]! ** 2;
      moved += Math.abs(coefficients[k]! - next[k]!);
    }
    lambda = (gamma + 2 * PRIOR) / (size + 2 * PRIOR);
    alpha = (rows - gamma + 2 * PRIOR) / (residue + 2 * PRIOR);
    coefficients = next as Float64Array<ArrayBuffer>;
    if (step > 0 && moved < TOLERANCE) break;
  }
  coefficients = solve() as Float64Array<ArrayBuffer>;
  let intercept = centre;
  for (let j = 0; j < features; j++) intercept -= means[j]! * coefficients[j]!;
  return { coefficients, intercept };
}

function gram(X: Float64Array, rows: number, features: number): Float64Array {
  const out = new Float64Array(features * features);
  for (let row = 0, at = 0; row < rows; row++, at += features)
    for (let i = 0; i < features; i++) {
      const own = X[at + i]!;
      for (let j = i; j < features; j++) out[i * features + j]! += own * X[at + j]!;
    }
  for (let i = 0; i < features; i++)
    for (let j = 0; j < i; j++) out[i * features + j] = out[j * features + i]!;
  return out;
}

function squaredResidue(X: Float64Array, y: Float64Array, coefficients: Float64Array): number {
  const features = coefficients.length;
  let sum = 0;
  for (let row = 0, at = 0; row < y.length; row++, at += features) {
    let off = y[row]!;
    for (let j = 0; j < features; j++) off -= X[at + j]! * coefficients[j]!;
    sum += off * off;
  }
  return sum;
}
