import type { Classifier, Estimator, TrainingRows } from "./classifier.ts";
import { checkTrainingRows, checkWidth, predictClasses } from "./classifier.ts";
import type { Matrix } from "./matrix.ts";
import { matrix } from "./matrix.ts";
import { softmaxInPlace } from "./softmax.ts";

/** A model that ignores its input. */
export interface MajorityModel extends Classifier {
  readonly kind: "majority-class";
  /** [K], the weighted share of each class in training. */
  readonly priors: Float64Array;
}

/** A model that asks which class's mean is nearest. */
export interface CentroidModel extends Classifier {
  readonly kind: "nearest-centroid";
  /** [K, F]; a class without rows has NaN and is never predicted. */
  readonly centroids: Matrix;
}

/**
 * The first baseline: always the most frequent class, with the class shares as probabilities (scikit-learn's
 * `DummyClassifier(strategy="prior")`).
 *
 * @throws as {@link checkTrainingRows}.
 */
export function majorityClass(): Estimator<MajorityModel> {
  return Object.freeze({
    fit(rows: TrainingRows) {
      const { weight, total } = checkTrainingRows("majorityClass.fit", rows);
      const priors = new Float64Array(rows.classes.length);
      for (let i = 0; i < rows.X.rows; i++) priors[rows.y[i]!]! += weight[i]! / total;
      const K = priors.length;
      const predictProbabilities = (X: Matrix) => {
        checkWidth("majorityClass", X, rows.X.columns);
        const out = new Float64Array(X.rows * K);
        for (let i = 0; i < X.rows; i++) out.set(priors, i * K);
        return matrix(X.rows, K, out);
      };
      const model = { kind: "majority-class", priors } as const;
      return finish(model, rows, predictProbabilities);
    },
  });
}

/**
 * The second baseline: the class whose centroid is nearest in Euclidean distance. Probabilities are
 * softmax(-distance^2 / 2): those of spherical Gaussians of unit variance with equal priors, so standardise first.
 *
 * @throws as {@link checkTrainingRows}.
 */
export function nearestCentroid(): Estimator<CentroidModel> {
  return Object.freeze({
    fit(rows: TrainingRows) {
      const { weight } = checkTrainingRows("nearestCentroid.fit", rows);
      const centroids = meanOfEachClass(rows, weight);
      const predictProbabilities = (X: Matrix) => {
        checkWidth("nearestCentroid", X, rows.X.columns);
        return nearness(X, centroids);
      };
      const model = { kind: "nearest-centroid", centroids } as const;
      return finish(model, rows, predictProbabilities);
    },
  });
}

function meanOfEachClass(rows: TrainingRows, weight: Float64Array): Matrix {
  const { X, y } = rows;
  const K = rows.classes.length;
  const F = X.columns;
  const sums = new Float64Array(K * F);
  const mass = new Float64Array(K);
  for (let i = 0; i < X.rows; i++) {
    const label = y[i]!;
    mass[label]! += weight[i]!;
    for (let j = 0; j < F; j++) sums[label * F + j]! += weight[i]! * X.values[i * F + j]!;
  }
  for (let at = 0; at < sums.length; at++) sums[at]! /= mass[Math.floor(at / F)]!;
  return matrix(K, F, sums);
}

function nearness(X: Matrix, centroids: Matrix): Matrix {
  const K = centroids.rows;
  const F = centroids.columns;
  const out = new Float64Array(X.rows * K);
  for (let i = 0; i < X.rows; i++) {
    for (let k = 0; k < K; k++) {
      let distance = 0;
      for (let j = 0; j < F; j++) distance += (X.values[i * F + j]! - centroids.values[k * F + j]!) ** 2;
      out[i * K + k] = Number.isNaN(distance) ? -Infinity : -distance / 2;
    }
    softmaxInPlace(out, i * K, K);
  }
  return matrix(X.rows, K, out);
}

function finish<Part extends { readonly kind: string }>(
  part: Part,
  rows: TrainingRows,
  predictProbabilities: (X: Matrix) => Matrix,
): Part & Classifier {
  return Object.freeze({
    ...part,
    classes: Object.freeze([...rows.classes]),
    features: rows.X.columns,
    predictProbabilities,
    predict: (X: Matrix) => predictClasses(predictProbabilities(X)),
  });
}
