import type { TreeEnsemble } from "../../tree-ensemble.ts";
import { featureNames } from "../shap/shap-values.ts";

/** What a feature did in training. */
export interface FeatureImportance {
  readonly feature: string;
  readonly value: number;
  /** Of all features' sum; 0 where that is 0. */
  readonly share: number;
}

/**
 * By how much the branches that ask a feature lowered the training loss, summed over all trees (L. Breiman et al.,
 * "Classification and Regression Trees", 1984; J. Friedman, "Greedy function approximation", 2001, section 8.1), as
 * LightGBM's "gain". It is of the training rows: a feature of many values that the model overfits to looks important; ask
 * {@link permutationImportance} on rows that were held out.
 *
 * @returns one entry a feature, in the order of the features.
 * @example
 * gainImportance(model.ensemble).toSorted((a, b) => b.value - a.value)[0]?.feature;
 */
export function gainImportance(ensemble: TreeEnsemble): readonly FeatureImportance[] {
  return importanceOf(ensemble, (gain) => gain);
}

/** How many branches ask each feature: LightGBM's "split" importance, XGBoost's "weight". As {@link gainImportance}. */
export function splitImportance(ensemble: TreeEnsemble): readonly FeatureImportance[] {
  return importanceOf(ensemble, () => 1);
}

function importanceOf(ensemble: TreeEnsemble, of: (gain: number) => number): readonly FeatureImportance[] {
  const sums = new Float64Array(ensemble.features.length);
  for (const { feature, gain } of ensemble.trees) {
    for (let node = 0; node < feature.length; node++)
      if (feature[node]! >= 0) sums[feature[node]!]! += of(gain[node]!);
  }
  const total = sums.reduce((sum, value) => sum + value, 0);
  return Object.freeze(
    featureNames(ensemble).map((feature, at) =>
      Object.freeze({ feature, value: sums[at]!, share: total === 0 ? 0 : sums[at]! / total }),
    ),
  );
}
