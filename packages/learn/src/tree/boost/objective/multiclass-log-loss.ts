import { softmaxInPlace } from "../../../softmax.ts";
import { LEAST_CURVATURE } from "./binary-log-loss.ts";
import { checkLabels } from "./check-label.ts";
import { keptShare } from "./class-probability.ts";
import { expOf } from "./exp-of.ts";
import type { BoostTarget, Objective, OpenObjective } from "./objective.ts";
import { meanLoss, totalWeight } from "./target-sum.ts";

/**
 * The negative log-likelihood of K classes, one score each: `log(sum e^s) - s_y`.
 *
 * Derivatives by class k in this order of float64 operations, then rounded to float32: at the start of a round
 * `m = max s` and `z = sum expOf(s_j - m)` for j = 0, 1, ...; `p = expOf(s_k - m) / z`, `g = w * (p - (y = k ? 1 : 0))`,
 * `h = w * (max(p * (1 - p), 1e-16) * (K / (K - 1)))`; without weights no multiplication by w. The factor is that of J.
 * Friedman, "Greedy Function Approximation: A Gradient Boosting Machine", Ann. Statist. 29 (2001), where K trees share a
 * step that one of them could do without.
 */
export function multiclassLogLoss(): Objective {
  return Object.freeze<Objective>({
    name: "multiclassLogLoss",
    kernel: "multiclassLogLoss",
    task: "classification",
    outputs: (classes) => classes,
    check: (who, target) =>
      checkLabels(
        who,
        target,
        `an integer in 0..${target.classes - 1}`,
        (value) => Number.isInteger(value) && value >= 0 && value < target.classes,
      ),
    initial(target) {
      const sums = new Float64Array(target.classes);
      for (let row = 0; row < target.rows; row++) sums[target.y[row]!]! += target.weight?.[row] ?? 1;
      const total = totalWeight(target);
      return sums.map((sum) => Math.log(keptShare(sum / total)));
    },
    open,
    link: { kind: "softmax" },
    loss(target, scores) {
      const { classes } = target;
      const own = new Float64Array(classes);
      return meanLoss(target, (row) => {
        own.set(scores.subarray(row * classes, (row + 1) * classes));
        return softmaxInPlace(own, 0, classes) - scores[row * classes + target.y[row]!]!;
      });
    },
  });
}

function open({ rows, y, weight, classes }: BoostTarget): OpenObjective {
  const largest = new Float64Array(rows);
  const sum = new Float64Array(rows);
  const factor = classes / (classes - 1);
  return {
    begin(scores) {
      for (let row = 0; row < rows; row++) {
        const first = row * classes;
        let most = scores[first]!;
        for (let k = 1; k < classes; k++) most = Math.max(most, scores[first + k]!);
        let total = 0;
        for (let k = 0; k < classes; k++) total += expOf(scores[first + k]! - most);
        largest[row] = most;
        sum[row] = total;
      }
    },
    derivatives(scores, output, gradient, hessian) {
      for (let row = 0; row < rows; row++) {
        const p = expOf(scores[row * classes + output]! - largest[row]!) / sum[row]!;
        const g = p - (y[row] === output ? 1 : 0);
        const h = Math.max(p * (1 - p), LEAST_CURVATURE) * factor;
        gradient[row] = weight === undefined ? g : weight[row]! * g;
        hessian[row] = weight === undefined ? h : weight[row]! * h;
      }
    },
  };
}
