import { tidelineError } from "@tideline/spec";

/** @throws TRAINING_DIVERGED naming round and row where a derivative is not finite, or a second one below 0. */
export function checkDerivatives(
  objective: string,
  round: number,
  gradient: Float32Array,
  hessian: Float32Array,
): void {
  for (let row = 0; row < gradient.length; row++) {
    if (Number.isFinite(gradient[row]) && hessian[row]! >= 0 && hessian[row]! < Infinity) continue;
    throw tidelineError("TRAINING_DIVERGED", {
      who: "boostedTrees.fit",
      field: `objective ${objective}, round ${round}, row ${row}`,
      expected: "derivatives that are finite in float32, the second of at least 0",
      received: `${gradient[row]} and ${hessian[row]}`,
      remedy: "Lower the rate, or give the labels in another unit.",
    });
  }
}
