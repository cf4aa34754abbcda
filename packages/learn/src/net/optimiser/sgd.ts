import type { GraphBuilder, Value } from "@tideline/graph";
import { belowOne, illegalOption, notNegative, positive } from "../check-option.ts";
import type { Optimiser, OptimiserStep } from "./optimiser.ts";

/** What {@link sgd} takes. */
export interface SgdOptions {
  /** Learning rate. Default 0.01. */
  readonly rate?: number;
  /** How much of the last step a step keeps. Default 0. */
  readonly momentum?: number;
  /** Whether to look ahead along the momentum (Y. Nesterov, 1983). Default false. */
  readonly nesterov?: boolean;
  /** Strength of an L2 penalty, whose gradient is added. Default 0. */
  readonly decay?: number;
}

/** A gradient with that of an L2 penalty on what decays. */
function penalised(g: GraphBuilder, step: OptimiserStep, decay: number): Value {
  if (decay === 0) return step.gradient;
  const shrunk = step.decay === undefined ? step.parameter : g.op("Mul", [step.parameter, step.decay]);
  return g.op("Add", [step.gradient, g.op("Mul", [shrunk, g.scalar(decay)])]);
}

/**
 * Stochastic gradient descent, with momentum if asked (I. Sutskever et al., "On the importance of initialization and
 * momentum in deep learning", ICML 2013, in PyTorch's form: the rate multiplies the momentum, too).
 *
 * @throws DEFINITION_ILLEGAL for an option out of range, or `nesterov` without momentum.
 * @example
 * const optimiser = sgd({ rate: 0.1, momentum: 0.9, nesterov: true });
 */
export function sgd(options: SgdOptions = {}): Optimiser {
  const { rate = 0.01, momentum = 0, nesterov = false, decay = 0 } = options;
  const who = "sgd optimiser";
  positive(who, "rate", rate);
  belowOne(who, "momentum", momentum);
  notNegative(who, "decay", decay);
  if (nesterov && momentum === 0) throw illegalOption(who, "momentum", "more than 0 for nesterov", "0");
  return Object.freeze({
    kind: "sgd",
    slots: Object.freeze(momentum === 0 ? [] : ["momentum"]),
    rate,
    decays: decay > 0,
    update(g: GraphBuilder, step: OptimiserStep) {
      const gradient = penalised(g, step, decay);
      const moved = (by: Value) => g.op("Sub", [step.parameter, g.op("Mul", [by, step.rate])]);
      const [old] = step.slots;
      if (old === undefined) return { parameter: moved(gradient), slots: [] };
      const kept = g.op("Add", [g.op("Mul", [old, g.scalar(momentum)]), gradient]);
      const ahead = nesterov ? g.op("Add", [g.op("Mul", [kept, g.scalar(momentum)]), gradient]) : kept;
      return { parameter: moved(ahead), slots: [kept] };
    },
  });
}
