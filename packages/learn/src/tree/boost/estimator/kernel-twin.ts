import { freeMemory } from "../../bin/free-memory.ts";
import type { KernelOptions, TreeKernels } from "../../kernel/tree-kernels.ts";
import type { BoostTarget, Objective } from "../objective/objective.ts";

/** What kernels are asked to hold of the rows, where they may know the objective's derivatives. */
export function heldRows(
  { kernel }: Pick<Objective, "kernel">,
  { weight }: Pick<BoostTarget, "weight">,
  outputs: number,
): Pick<KernelOptions, "boosting"> {
  return kernel === undefined
    ? {}
    : { boosting: { objective: kernel, outputs, weighted: weight !== undefined } };
}

/**
 * The objective, what it knows, and where scores stand: in the kernels' memory, with derivatives by their own loop on all
 * threads, where they hold the rows; else as they were given.
 *
 * @param asked whether labels are read in every round. Where they are not and the kernels hold them, the memory of the target's
 *   own copy is given back.
 */
export function takenUp(
  { boosting }: Pick<TreeKernels, "boosting">,
  objective: Objective,
  target: BoostTarget,
  start: (into?: Float64Array) => Float64Array,
  asked: boolean,
): { readonly objective: Objective; readonly target: BoostTarget; readonly scores: Float64Array } {
  const { kernel } = objective;
  if (boosting === undefined || kernel === undefined) return { objective, target, scores: start() };
  start(boosting.scores);
  const { label } = boosting;
  label.set(target.y);
  if (target.weight !== undefined) boosting.weight!.set(target.weight);
  const open = () => ({
    begin: () => boosting.begin(),
    derivatives: (_: Float64Array, output: number) => boosting.derivatives(output),
  });
  let y = label instanceof Float64Array ? label : undefined;
  const held = {
    ...target,
    // Of classes hardly ever asked: not by a plain round.
    get y() {
      return (y ??= new Float64Array(label));
    },
  };
  const frees = target.ownLabels === true && !asked;
  if (frees) freeMemory(target.y.buffer);
  return {
    objective: { ...objective, open },
    target: frees ? Object.freeze(held) : target,
    scores: boosting.scores,
  };
}
