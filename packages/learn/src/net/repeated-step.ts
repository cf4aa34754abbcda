import { graphBuilder, inline, type OnnxModel, type Value } from "@tideline/graph";
import { positiveInteger } from "./check-option.ts";
import type { StepGraph } from "./training-step.ts";

/** What a step takes and gives back changed: the names of its flat tensors. */
export function carriedNames({ slots, states }: Pick<StepGraph, "slots" | "states">): readonly string[] {
  return ["parameters", ...slots, ...(states.length === 0 ? [] : ["state"])];
}

/** The name of what one of several steps in a graph is fed, or gives: `"x@0"`, `"loss@3"`. */
export function ofStep(name: string, at: number): string {
  return `${name}@${at}`;
}

/**
 * Several steps of training as one graph, each with a batch of its own: what a step changes goes into the next one
 * without leaving the runtime. For a small net that is a good part of the time of a step, as handing three tensors of
 * all parameters out and in takes copies, fresh memory and its collection.
 *
 * Inputs and outputs are those of `step.model`; of each step there are its own (`ofStep("x", 0)`, ...) but for
 * parameters, slots and state, which come in once and go out once. "scores" are left out.
 *
 * @param times 1 or more.
 * @throws DEFINITION_ILLEGAL for another number.
 * @example
 * const four = repeatedStep(step, 4); // takes "parameters", "x@0" ... "x@3", ...; gives "parameters_next", "loss@0" ...
 */
export function repeatedStep(step: StepGraph, times: number): OnnxModel {
  positiveInteger("repeatedStep", "times", times);
  const g = graphBuilder("training_steps");
  const { graph } = step.model;
  const names = carriedNames(step);
  const inputs = new Map(graph.inputs.map((input) => [input.name, input] as const));
  const carried = new Map<string, Value>();
  for (const name of names) {
    const { elementType, dims } = inputs.get(name)!;
    carried.set(name, g.input(name, elementType, dims));
  }
  for (let at = 0; at < times; at++) {
    const given: Record<string, Value> = Object.fromEntries(carried);
    for (const { name, elementType, dims } of graph.inputs)
      if (!carried.has(name)) given[name] = g.input(ofStep(name, at), elementType, dims);
    const made = inline(g, step.model, given);
    for (const name of names) carried.set(name, made[`${name}_next`]!);
    for (const name of ["loss", "gradient_norm"]) g.output(ofStep(name, at), made[name]!);
  }
  for (const [name, value] of carried) g.output(`${name}_next`, value);
  return g.build();
}
