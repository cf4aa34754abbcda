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
 * The objective, and where scores stand: in the kernels' memory, with derivatives by their own loop on all threads, where
 * they hold the rows; else as they were given.
 */
export function takenUp(
  { boosting }: Pick<TreeKernels, "boosting">,
  objective: Objective,
  target: BoostTarget,
  start: () => Float64Array,
): { readonly objective: Objective; readonly scores: Float64Array } {
  const { kernel } = objective;
  if (boosting === undefined || kernel === undefined) return { objective, scores: start() };
  boosting.scores.set(start());
  boosting.label.set(target.y);
  if (target.weight !== undefined) boosting.weight!.set(target.weight);
  const open = () => ({
    begin: () => boosting.begin(kernel),
    derivatives: (_: Float64Array, output: number) => boosting.derivatives(kernel, output),
  });
  return { objective: { ...objective, open }, scores: boosting.scores };
}
