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

/**
 * The two names under which Adam remembers: sums of gradients and of their squares that fade, which are the paper's
 * moments over `1 - beta1` and `1 - beta2`.
 */
export const ADAM_SLOTS: readonly string[] = Object.freeze(["first_moment", "second_moment"]);

/** A sum that fades: `old * kept + new`. */
function faded(g: GraphBuilder, old: Value, kept: number, added: Value): Value {
  return g.op("Add", [g.op("Mul", [old, g.scalar(kept)]), added]);
}

/**
 * The step of Adam, to be subtracted, and what it remembers. Every factor that is the same for all parameters, the
 * correction of the moments' bias included (section 2 of the paper, its last paragraph), is folded into two scalars: ten
 * passes over the parameters are left of fourteen. They are made in double precision, since `1 - beta2^step` loses
 * digits in single.
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
  const root = g.op("Sqrt", [g.op("Mul", [corrected(beta2), double(1 / (1 - beta2))])]);
  const mean = g.op("Mul", [g.op("Div", [root, corrected(beta1)]), double(1 - beta1)]);
  const factor = g.op("Mul", [single(mean), rate]);
  const smallest = single(g.op("Mul", [root, double(epsilon)]));

  const m = faded(g, first!, beta1, gradient);
  const v = faded(g, second!, beta2, g.op("Mul", [gradient, gradient]));
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
