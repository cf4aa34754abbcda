import { shrink } from "./split-score.ts";
import type { FeatureSums, ScanPass } from "./scan-feature.ts";
import type { QuantisedLimits } from "./scan-scale.ts";

/**
 * The best threshold of a feature where outputs are not bounded. With `a = left.hessian + l2`, `b = right.hessian + l2`,
 * `s` and `t` the shrunk gradients of left and right, the loss saved is `s² / a + t² / b = n / d`, where
 *
 * `n = s * s * b + t * t * a` and `d = a * b`, from left to right.
 *
 * Nothing is divided: bins are taken ascending, and one is better than the best so far where `n * best.d > best.n * d`;
 * the first that is allowed always is. All in float64.
 */
export const scanFree: ScanPass = (sums: FeatureSums, from, to, limits: QuantisedLimits, missing, into) => {
  const { histogram, base, total } = sums;
  const { l1, l2, least } = limits;
  let gradient = missing ? sums.missing.gradient : 0;
  let hessian = missing ? sums.missing.hessian : 0;
  let bestN = -1;
  let bestD = 1;
  into.bin = -1;
  for (let bin = 0; bin < to; bin++) {
    gradient += histogram[base + 2 * bin]!;
    hessian += histogram[base + 2 * bin + 1]!;
    if (bin < from || hessian < least) continue;
    if (total.hessian - hessian < least) break;
    const s = shrink(gradient, l1);
    const t = shrink(total.gradient - gradient, l1);
    const a = hessian + l2;
    const b = total.hessian - hessian + l2;
    const n = s * s * b + t * t * a;
    const d = a * b;
    if (n * bestD > bestN * d) {
      bestN = n;
      bestD = d;
      into.bin = bin;
      into.gradient = gradient;
      into.hessian = hessian;
    }
  }
};
