import type { GraphBuilder } from "@tideline/graph";
import { notNegative } from "../check-option.ts";
import { ADAM_SLOTS, adamSettings, adamStep, type AdamOptions } from "./adam.ts";
import type { Optimiser, OptimiserStep } from "./optimiser.ts";

/** What {@link adamw} takes. */
export interface AdamwOptions extends AdamOptions {
  /** What part of a weight each step takes, times the learning rate. Default 0.01. */
  readonly decay?: number;
}

/**
 * Adam with decoupled weight decay: weights shrink by `rate * decay` beside the step, biases and the scales of
 * normalisations do not (I. Loshchilov and F. Hutter, "Decoupled Weight Decay Regularization", ICLR 2019).
 *
 * @throws DEFINITION_ILLEGAL for an option out of range.
 * @example
 * const optimiser = adamw({ rate: 3e-4, decay: 0.05 });
 */
export function adamw(options: AdamwOptions = {}): Optimiser {
  const { decay = 0.01 } = options;
  const settings = adamSettings("adamw optimiser", options);
  notNegative("adamw optimiser", "decay", decay);
  return Object.freeze({
    kind: "adamw",
    slots: ADAM_SLOTS,
    rate: settings.rate,
    decays: decay > 0,
    update(g: GraphBuilder, step: OptimiserStep) {
      const { change, slots } = adamStep(g, step, settings);
      const { parameter } = step;
      if (decay === 0) return { parameter: g.op("Sub", [parameter, change]), slots };
      const part = g.op("Mul", [step.rate, g.scalar(decay)]);
      const factor = step.decay === undefined ? part : g.op("Mul", [step.decay, part]);
      const shrunk = g.op("Sub", [parameter, g.op("Mul", [parameter, factor])]);
      return { parameter: g.op("Sub", [shrunk, change]), slots };
    },
  });
}
