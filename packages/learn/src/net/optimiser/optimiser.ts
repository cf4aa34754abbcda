import type { GraphBuilder, Value } from "@tideline/graph";

/** What an optimiser reads in one step; all float32, flat. */
export interface OptimiserStep {
  /** [P] */
  readonly parameter: Value;
  /** [P] */
  readonly gradient: Value;
  /** [P] each, in the order of the optimiser's `slots`; 0 before the first step. */
  readonly slots: readonly Value[];
  /** [], the learning rate of this step. */
  readonly rate: Value;
  /** [], 1 in the first step. */
  readonly step: Value;
  /** [P], 1 for what weight decay shrinks, 0 for the rest; undefined when it shrinks everything or nothing. */
  readonly decay: Value | undefined;
}

/** How parameters follow their gradient, written into the graph of a training step. */
export interface Optimiser {
  readonly kind: string;
  /** Names of the numbers that it remembers for each parameter. */
  readonly slots: readonly string[];
  /** The learning rate with which a schedule begins. */
  readonly rate: number;
  /** Whether it shrinks weights, so that it needs to know which. */
  readonly decays: boolean;
  update(
    g: GraphBuilder,
    step: OptimiserStep,
  ): { readonly parameter: Value; readonly slots: readonly Value[] };
}
