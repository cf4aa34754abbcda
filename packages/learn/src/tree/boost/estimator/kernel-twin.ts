import { freeMemory } from "../../bin/free-memory.ts";
import type { KernelOptions, TreeKernels } from "../../kernel/tree-kernels.ts";
import type { BoostTarget, Objective } from "../objective/objective.ts";

/** What kernels are asked to hold of the rows, where they may know the objective's derivatives. */
export function heldRows(
  { kernel }: Pick<Objective, "kernel">,
  { weight }: Pick<BoostTarget, "weight">,
  outputs: number,
): Pick<KernelOptions, "boosting"> {
  return kernel === undefined ? {} : { boosting: { outputs, weighted: weight !== undefined } };
}

/**
 * The objective, what it knows, and where scores stand: in the kernels' memory, with derivatives by their own loop on all
 * threads, where they hold the rows; else as they were given.
 *
 * @param labels what the caller of `fit` gave. The target's own copy of them is given back where the kernels hold another.
 */
export function takenUp(
  { boosting }: Pick<TreeKernels, "boosting">,
  objective: Objective,
  target: BoostTarget,
  start: (into?: Float64Array) => Float64Array,
  labels: unknown,
): { readonly objective: Objective; readonly target: BoostTarget; readonly scores: Float64Array } {
  const { kernel } = objective;
  if (boosting === undefined || kernel === undefined) return { objective, target, scores: start() };
  start(boosting.scores);
  const { label: y } = boosting;
  y.set(target.y);
  if (target.y !== labels) freeMemory(target.y.buffer);
  if (target.weight !== undefined) boosting.weight!.set(target.weight);
  const open = () => ({
    begin: () => boosting.begin(kernel),
    derivatives: (_: Float64Array, output: number) => boosting.derivatives(kernel, output),
  });
  return {
    objective: { ...objective, open },
    target: Object.freeze({ ...target, y }),
    scores: boosting.scores,
  };
}
