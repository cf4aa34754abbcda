import type { PreparationStep } from "./own-step.ts";
import { moduleOf } from "./own-step.ts";
import { moduleCode } from "./code-hash.ts";
import { fingerprint } from "./fingerprint.ts";
import type { StepCause } from "./preparing.ts";

/** What makes a step besides the rows: its name in the log, its options, and the hash of code that is not the project's. */
export function causeOf(step: PreparationStep, place: string): Omit<StepCause, "input"> {
  const name = `${place} ${step.kind}`;
  const module = moduleOf(step);
  return {
    name,
    ...(module === undefined ? {} : { ownCode: moduleCode(module) }),
    parameters: fingerprint({ kind: step.kind, options: step.options }, name),
  };
}
