import { ELEMENT_TYPES, type GraphBuilder, type Value } from "@tideline/graph";
import { belowOne, positive } from "../check-option.ts";
import type { Optimiser, OptimiserStep } from "./optimiser.ts";

/** What {@link adam} takes. */
export interface AdamOptions {
  /** Learning rate. Default 1e-3. */
  readonly rate?: number;
  /** How much of the mean of gradients a step keeps. Default 0.9. */
  readonly beta1?: number;
  /** How much of the mean of squared gradients a step keeps. Default 0.999. */
  readonly beta2?: number;
  /** Added to the root of the second moment. Default 1e-8. */
  readonly epsilon?: number;
}

/** The options of Adam, checked. */
export type AdamSettings = Required<AdamOptions>;

/** The options with their defaults. @throws DEFINITION_ILLEGAL naming the option. */
export function adamSettings(who: string, options: AdamOptions): AdamSettings {
  const { rate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  return {
    rate: positive(who, "rate", rate),
    beta1: belowOne(who, "beta1", beta1),
    beta2: belowOne(who, "beta2", beta2),
    epsilon: positive(who, "epsilon", epsilon),
  };
}

/** The two names under which Adam remembers. */
export const ADAM_SLOTS: readonly string[] = Object.freeze(["first_moment", "second_moment"]);

/** A running mean: `old * kept + (1 - kept) * new`. */
function mean(g: GraphBuilder, old: Value, kept: number, weighted: Value): Value {
  return g.op("Add", [g.op("Mul", [old, g.scalar(kept)]), weighted]);
}

/**
 * The step of Adam, to be subtracted, and the moments. The correction of the moments' bias is folded into two scalars
 * (section 2 of the paper, its last paragraph), in double precision since `1 - beta2^step` loses digits in single.
 */
export function adamStep(
  g: GraphBuilder,
  { gradient, slots: [first, second], rate, step }: OptimiserStep,
  { beta1, beta2, epsilon }: AdamSettings,
): { readonly change: Value; readonly slots: readonly Value[] } {
  const double = (value: number) => g.scalar(value, "float64");
  const single = (value: Value) => g.op("Cast", [value], { to: ELEMENT_TYPES.float32.code });
  const t = g.op("Cast", [step], { to: ELEMENT_TYPES.float64.code });
  const corrected = (beta: number) => g.op("Sub", [double(1), g.op("Pow", [double(beta), t])]);
  const root = g.op("Sqrt", [corrected(beta2)]);
  const factor = g.op("Mul", [single(g.op("Div", [root, corrected(beta1)])), rate]);
  const smallest = g.op("Mul", [single(root), g.scalar(epsilon)]);

  const weighted = g.op("Mul", [gradient, g.scalar(1 - beta1)]);
  const squared = g.op("Mul", [g.op("Mul", [gradient, gradient]), g.scalar(1 - beta2)]);
  const m = mean(g, first!, beta1, weighted);
  const v = mean(g, second!, beta2, squared);
  const direction = g.op("Div", [m, g.op("Add", [g.op("Sqrt", [v]), smallest])]);
  return { change: g.op("Mul", [direction, factor]), slots: [m, v] };
}

/**
 * Adam: each parameter moves by its mean gradient over the root of its mean squared gradient (D. Kingma and J. Ba,
 * "Adam: A Method for Stochastic Optimization", ICLR 2015).
 *
 * @throws DEFINITION_ILLEGAL for an option out of range.
 * @example
 * const optimiser = adam({ rate: 3e-4 });
 */
export function adam(options: AdamOptions = {}): Optimiser {
  const settings = adamSettings("adam optimiser", options);
  return Object.freeze({
    kind: "adam",
    slots: ADAM_SLOTS,
    rate: settings.rate,
    decays: false,
    update(g: GraphBuilder, step: OptimiserStep) {
      const { change, slots } = adamStep(g, step, settings);
      return { parameter: g.op("Sub", [step.parameter, change]), slots };
    },
  });
}
