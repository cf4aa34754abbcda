import type { RuntimeTensor } from "@tideline/graph";
import { ofStep } from "../repeated-step.ts";
import type { StepGraph } from "../training-step.ts";
import type { Batch, BatchFeeder } from "./batch-feeder.ts";

/** A batch with all else that one step is fed, in buffers of its own. */
export interface StepSlot {
  readonly batch: Batch;
  /** By the names of the step graph's inputs. */
  readonly feeds: Readonly<Record<string, RuntimeTensor>>;
  /** The same tensors by the names that they have in a graph of several steps, of which this is one. */
  readonly feedsOf: Readonly<Record<string, RuntimeTensor>>;
  weightSum: number;
}

/** Slots for the steps of one call, twice: while the one is computed, the other is filled. */
export type StepSlots = readonly [readonly StepSlot[], readonly StepSlot[]];

/** @param longest steps in one call. */
export function stepSlots(step: Pick<StepGraph, "noise">, feeder: BatchFeeder, longest: number): StepSlots {
  const make = () => Array.from({ length: longest }, (_, at) => stepSlot(step, feeder, at));
  return [make(), make()];
}

function stepSlot(step: Pick<StepGraph, "noise">, feeder: BatchFeeder, at: number): StepSlot {
  const batch = feeder.make();
  const floats = (dims: readonly number[]): RuntimeTensor => ({
    elementType: "float32",
    dims,
    values: new Float32Array(dims.reduce((product, dim) => product * dim, 1)),
  });
  const feeds: Record<string, RuntimeTensor> = {
    ...batch.inputs,
    target: batch.target,
    weight: batch.weight,
    rate: floats([]),
    step: floats([]),
    ...Object.fromEntries(step.noise.map(({ name, dims }) => [name, floats(dims)])),
  };
  const named = Object.entries(feeds).map(([name, tensor]) => [ofStep(name, at), tensor] as const);
  return { batch, feeds, feedsOf: Object.fromEntries(named), weightSum: 0 };
}
