import { tidelineError } from "@tideline/spec";
import type { TreeKernels } from "../../kernel/tree-kernels.ts";
import type { BoostTarget } from "../objective/objective.ts";
import { unitRemedy } from "../objective/unit-remedy.ts";

/** @throws TRAINING_DIVERGED naming round and row where a derivative is not finite, or a second one below 0. */
export function checkDerivatives(
  objective: string,
  round: number,
  { gradient, hessian }: Pick<TreeKernels, "gradient" | "hessian">,
  target: Pick<BoostTarget, "weight">,
): void {
  for (let row = 0; row < gradient.length; row++) {
    if (Number.isFinite(gradient[row]) && hessian[row]! >= 0 && hessian[row]! < Infinity) continue;
    throw tidelineError("TRAINING_DIVERGED", {
      who: "boostedTrees.fit",
      field: `objective ${objective}, round ${round}, row ${row}`,
      expected: "derivatives that are finite in float32, the second of at least 0",
      received: `${gradient[row]} and ${hessian[row]}`,
      remedy: unitRemedy(target),
    });
  }
}
