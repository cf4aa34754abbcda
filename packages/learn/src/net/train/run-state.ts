import type { FittedNumbers } from "../initial-parameters.ts";
import { carriedNames } from "../repeated-step.ts";
import type { StepGraph } from "../training-step.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { EpochRecord } from "./curve.ts";
import type { Ending } from "./fitted-net.ts";
import { tidelineError } from "@tideline/spec";

/** Where a run stands: what a checkpoint holds. Arrays in it are replaced, never written to. */
export interface RunState {
  epoch: number;
  index: number;
  lossSum: number;
  weightSum: number;
  gradientNorm: number;
  curves: readonly EpochRecord[];
  ended?: Ending;
  /** Parameters, slots and state by the names of the step graph's inputs. */
  tensors: Record<string, Float32Array>;
  best?: FittedNumbers;
}

/** Where a run begins. */
export function firstState(step: StepGraph, first: FittedNumbers): RunState {
  const slots = step.slots.map((name) => [name, new Float32Array(step.trained.length)] as const);
  return {
    epoch: 0,
    index: 0,
    lossSum: 0,
    weightSum: 0,
    gradientNorm: 0,
    curves: [],
    tensors: {
      parameters: first.parameters,
      ...Object.fromEntries(slots),
      ...(step.states.length === 0 ? {} : { state: first.state }),
    },
  };
}

/** A run's parameters and state. */
export function numbersOf({ tensors }: RunState): FittedNumbers {
  return { parameters: tensors["parameters"]!, state: tensors["state"] ?? new Float32Array(0) };
}

/** What to write of a run. */
export function toCheckpoint(run: string, state: RunState): Checkpoint {
  const { best, ...rest } = state;
  return { run, ...rest, ...(best === undefined ? {} : { best: { ...best } }) };
}

/**
 * Where a run goes on.
 *
 * @throws ARGUMENT_INVALID when the checkpoint is of another run; ARTIFACT_CORRUPT when its tensors do not fit.
 */
export function fromCheckpoint(run: string, step: StepGraph, checkpoint: Checkpoint): RunState {
  const { run: other, best, tensors, ...rest } = checkpoint;
  if (other !== run)
    throw tidelineError("ARGUMENT_INVALID", {
      who: "trainNet",
      field: "checkpoint",
      expected: `one of this run (${run})`,
      received: `one of a run with another net, other data or other options (${other})`,
      remedy: "Resume with what the run began with, or give this run a store of its own.",
    });
  const fits = (name: string, length: number, from: Readonly<Record<string, Float32Array>>): Float32Array => {
    const values = from[name];
    if (values?.length === length) return values;
    throw tidelineError("ARTIFACT_CORRUPT", {
      who: "checkpoint",
      field: name,
      expected: `${length} numbers`,
      received: String(values?.length ?? "none"),
    });
  };
  const lengths: Readonly<Record<string, number>> = {
    parameters: step.parameters.length,
    state: step.states.length,
  };
  const lengthOf = (name: string) => lengths[name] ?? step.trained.length;
  return {
    ...rest,
    tensors: Object.fromEntries(
      carriedNames(step).map((name) => [name, fits(name, lengthOf(name), tensors)]),
    ),
    ...(best === undefined
      ? {}
      : {
          best: {
            parameters: fits("parameters", step.parameters.length, best),
            state: fits("state", step.states.length, best),
          },
        }),
  };
}
