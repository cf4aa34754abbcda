import { checkModel, elementCount, ELEMENT_TYPES, type OnnxModel } from "@tideline/graph";
import { carriedNames } from "../repeated-step.ts";
import type { StepGraph } from "../training-step.ts";

/** Where more steps in one call would win little. */
const MOST = 8;

/** Nodes of a graph of several steps: loading takes time and memory for each. */
const MOST_NODES = 1024;

/** Bytes that a call is fed; twice as many are held, since the next batches are gathered meanwhile. */
const MOST_BYTES = 8 * 2 ** 20;

/** Bytes of all that a step computes: beyond, its time is in the step, and more steps only spread over memory. */
const MOST_COMPUTED = 16 * 2 ** 20;

/** How often a graph of several steps must run to be worth its loading. */
const FEWEST_RUNS = 32;

/**
 * How many steps go into one call of the runtime, by what is known beforehand: equal runs take equal ways. Small nets
 * win by it, large ones spend their time within the step.
 */
export function stepsPerRun(
  step: StepGraph,
  run: { readonly perEpoch: number; readonly epochs: number },
): number {
  if (bytesComputed(step.model) > MOST_COMPUTED) return 1;
  return Math.max(
    1,
    Math.min(
      MOST,
      run.perEpoch,
      Math.floor(MOST_NODES / step.model.graph.nodes.length),
      Math.floor(MOST_BYTES / bytesOfStep(step.model, new Set(carriedNames(step)))),
      Math.floor((run.perEpoch * run.epochs) / FEWEST_RUNS),
    ),
  );
}

/** What a step more adds to a call: the tensors that it is fed, and its constants. */
function bytesOfStep({ graph }: OnnxModel, carried: ReadonlySet<string>): number {
  let bytes = 0;
  for (const { name, elementType, dims } of [...graph.inputs, ...graph.initializers])
    if (!carried.has(name))
      bytes += elementCount(dims as readonly number[]) * ELEMENT_TYPES[elementType].bytes;
  return bytes;
}

function bytesComputed(model: OnnxModel): number {
  let bytes = 0;
  for (const { elementType, dims } of checkModel(model).values())
    bytes += elementCount(dims as readonly number[]) * ELEMENT_TYPES[elementType].bytes;
  return bytes;
}
