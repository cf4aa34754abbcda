import { boundedOutput, reduction, shrink } from "./split-score.ts";
import type { FeatureSums, ScanPass } from "./scan-feature.ts";
import type { QuantisedLimits } from "./scan-scale.ts";

/**
 * The best threshold of a feature where outputs are bounded: by `maxDelta`, by monotone constraints above, or because
 * the constraint of this feature orders the two outputs. The loss saved is `reduction(left) + reduction(right)` with
 * the bounded outputs of both; bins are taken ascending, and one is better where that is greater than the best so far.
 * A bin whose outputs are in the wrong order is passed over.
 */
export const scanBounded: ScanPass = (
  sums: FeatureSums,
  from,
  to,
  limits: QuantisedLimits,
  missing,
  into,
) => {
  const { histogram, base, total, monotone } = sums;
  const { l1, l2, least } = limits;
  let gradient = missing ? sums.missing.gradient : 0;
  let hessian = missing ? sums.missing.hessian : 0;
  let best = -Infinity;
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
    const left = boundedOutput(s, a, limits);
    const right = boundedOutput(t, b, limits);
    if (monotone > 0 ? left > right : monotone < 0 && left < right) continue;
    const saved = reduction(s, a, left) + reduction(t, b, right);
    if (saved > best) {
      best = saved;
      into.bin = bin;
      into.gradient = gradient;
      into.hessian = hessian;
    }
  }
};
