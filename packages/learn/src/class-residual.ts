import { softmaxInPlace } from "./softmax.ts";

/** Turns one row of scores into weighted residuals (probability minus target) and returns its weighted log loss. */
export function classResiduals(
  scores: Float64Array,
  from: number,
  K: number,
  label: number,
  weight: number,
): number {
  const score = scores[from + label]!;
  const loss = softmaxInPlace(scores, from, K) - score;
  scores[from + label]! -= 1;
  for (let k = 0; k < K; k++) scores[from + k]! *= weight;
  return weight * loss;
}
