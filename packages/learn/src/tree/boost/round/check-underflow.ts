import { tidelineError } from "@tideline/spec";
import type { TreeKernels } from "../../kernel/tree-kernels.ts";
import type { BoostTarget, Objective } from "../objective/objective.ts";
import { predictedBy } from "../objective/predicted-by.ts";
import { unitRemedy } from "../objective/unit-remedy.ts";

/**
 * Tells a first round that found nothing because there is nothing to learn from one whose derivatives are too small for
 * float32.
 *
 * @throws TRAINING_DIVERGED where all first, or all second, derivatives are 0 although labels differ from what is predicted.
 */
export function checkUnderflow(
  { gradient, hessian }: Pick<TreeKernels, "gradient" | "hessian">,
  objective: Pick<Objective, "name" | "task" | "link" | "foreign">,
  target: BoostTarget,
  scores: Float64Array,
): void {
  // Derivatives of one's own may be 0 for reasons of one's own; a ranking's are where no group has two grades.
  if (objective.foreign === true || objective.task === "ranking") return;
  const [slopes, curvatures] = [gradient.some((value) => value !== 0), hessian.some((value) => value > 0)];
  if (slopes && curvatures) return;
  if (objective.task === "regression" && !isOff(target, predictedBy(objective.link, scores, 1))) return;
  throw tidelineError("TRAINING_DIVERGED", {
    who: "boostedTrees.fit",
    field: `objective ${objective.name}, round 1`,
    expected: "derivatives that float32 can hold",
    received: `${slopes ? "second" : "first"} ones that are 0 in every row`,
    remedy: unitRemedy(target),
  });
}

/** Sizes of differences, as shares of the labels, up to which a mean may be off by rounding alone. */
const ROUNDING = 1e-6;

/** Whether a row that counts has another label than is predicted. */
function isOff({ y, weight }: BoostTarget, predicted: Float64Array): boolean {
  return y.some(
    (label, row) =>
      Math.abs(label - predicted[row]!) > ROUNDING * Math.abs(label) &&
      (weight === undefined || weight[row]! > 0),
  );
}
