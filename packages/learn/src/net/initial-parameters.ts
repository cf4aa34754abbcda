import { elementCount } from "@tideline/graph";
import { seededRandom, type Random } from "../random.ts";
import { illegalOption } from "./check-option.ts";
import type { Layout } from "./layout.ts";

/** What a net knows: its parameters and its state, flat. */
export interface FittedNumbers {
  readonly parameters: Float32Array;
  readonly state: Float32Array;
}

/**
 * The numbers with which training begins. Equal seeds give equal numbers.
 *
 * @param step what `trainingStep` or `evaluationGraph` gave.
 * @throws ARGUMENT_INVALID for a seed that is not an integer; DEFINITION_ILLEGAL when an initialiser gives another
 *   number of values than it was asked for, or one that is not finite.
 */
export function initialParameters(
  step: { readonly parameters: Layout; readonly states: Layout },
  seed: number,
): FittedNumbers {
  const random = seededRandom(seed);
  return Object.freeze({ parameters: drawn(random, step.parameters), state: drawn(random, step.states) });
}

function drawn(random: Random, layout: Layout): Float32Array {
  const flat = new Float32Array(layout.length);
  for (const { name, dims, offset, initial } of layout.entries) {
    const values = initial(random, dims);
    if (values.length !== elementCount(dims) || !values.every(Number.isFinite))
      throw illegalOption(
        `initialiser of "${name}"`,
        "values",
        `${elementCount(dims)} finite numbers`,
        values.length === elementCount(dims) ? "one that is not finite" : String(values.length),
      );
    flat.set(values, offset);
  }
  return flat;
}
